// A table whose row stays the same element while its item is listed, so that the focus survives an update.

import { make, setText } from './dom.js';

export interface Column<T> {
  readonly title: string;
  readonly isNumber?: boolean;
  readonly text: (item: T) => string;
  /** What it says should be looked at. */
  readonly isFault?: (item: T) => boolean;
}

export interface RowsOptions<T> {
  readonly columns: readonly Column<T>[];
  readonly key: (item: T) => number | string;
  /** Something at the end of each row, made once; `show` is called with each update. */
  readonly extra?: (item: T) => { readonly root: Element; show(item: T): void };
}

interface Row<T> {
  readonly element: HTMLTableRowElement;
  readonly cells: readonly HTMLElement[];
  readonly extra: { show(item: T): void } | undefined;
}

export function wireRows<T>(
  table: HTMLElement,
  { columns, key, extra }: RowsOptions<T>,
): (items: readonly T[]) => void {
  const classOf = ({ isNumber = false }: Column<T>) => (isNumber ? { class: 'num' } : {});
  const heads = columns.map((column) =>
    make('th', { ...classOf(column), text: column.title, attributes: { scope: 'col' } }),
  );
  const body = make('tbody');
  table.append(make('thead', {}, make('tr', {}, ...heads, ...(extra ? [make('td')] : []))), body);
  const rows = new Map<number | string, Row<T>>();

  const makeRow = (item: T): Row<T> => {
    const cells = columns.map((column) =>
      make('td', { ...classOf(column), attributes: { 'data-title': column.title } }),
    );
    const made = extra?.(item);
    const element = make('tr', {}, ...cells, ...(made ? [make('td', { class: 'extra' }, made.root)] : []));
    return { element, cells, extra: made };
  };

  return (items) => {
    table.hidden = items.length === 0;
    const seen = new Set(items.map(key));
    for (const [known, row] of rows) {
      if (seen.has(known)) continue;
      row.element.remove();
      rows.delete(known);
    }
    items.forEach((item, index) => {
      const row = rows.get(key(item)) ?? makeRow(item);
      rows.set(key(item), row);
      columns.forEach((column, at) => {
        const cell = row.cells[at];
        if (!cell) return;
        setText(cell, column.text(item));
        cell.classList.toggle('fault', column.isFault?.(item) ?? false);
      });
      row.extra?.show(item);
      // Moving an element takes its focus away.
      if (body.children[index] !== row.element) body.insertBefore(row.element, body.children[index] ?? null);
    });
  };
}
