// A stream of bytes -> its lines, however they are cut, and however long: more than `longest` characters of one are left out.

const longest = 1000;

/** Returns what is to be fed, and ended. A carriage return ends a line, too: ffmpeg rewrites its status so. */
export function lineReader(take: (line: string) => void): {
  readonly push: (text: string) => void;
  readonly end: () => void;
} {
  let rest = '';
  const give = (line: string): void => {
    if (line !== '') take(line);
  };
  return {
    push: (text) => {
      const lines = (rest + text).split(/[\r\n]+/);
      rest = (lines.pop() ?? '').slice(0, longest);
      for (const line of lines) give(line.slice(0, longest));
    },
    end: () => {
      give(rest);
      rest = '';
    },
  };
}
