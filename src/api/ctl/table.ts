// Rows of text in columns, numbers to the right; no border, so that awk reads it.

export interface Column<Row> {
  readonly title: string;
  readonly align?: 'right';
  readonly value: (row: Row) => string | number;
}

/** `bold`: how the head is told from the rest; the identity in a pipe. */
export function table<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  bold: (text: string) => string,
): string {
  const cells = rows.map((row) => columns.map(({ value }) => printable(String(value(row)))));
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...cells.map((line) => line[index]?.length ?? 0)),
  );
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, index) => {
        const width = widths[index] ?? 0;
        return columns[index]?.align === 'right' ? text.padStart(width) : text.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return [bold(line(columns.map(({ title }) => title))), ...cells.map(line)].join('\n') + '\n';
}

/** Names come from clients: nothing in them may steer a terminal. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, '?');
}

export function duration(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return `${hours}:${two(minutes)}:${two(seconds % 60)}`;
}

export function bytes(count: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  const power = count < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log(count) / Math.log(1024)));
  return `${power === 0 ? count : (count / 1024 ** power).toFixed(1)} ${units[power] ?? ''}`;
}

export const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
