// How many calls of the API are on their way at once: one more is refused, and counted. uWebSockets.js tells of no connection
// before its request; those without a whole one it closes by itself, after twelve seconds at most.

export interface Calls {
  /** False: there are too many. */
  readonly begin: () => boolean;
  readonly end: () => void;
  readonly open: () => number;
  readonly refused: () => number;
}

/** Each holds its connection, and one that fetches a recording a file. */
export function openCalls(most = 256): Calls {
  let [open, refused] = [0, 0];
  return {
    begin: () => {
      if (open >= most) {
        refused += 1;
        return false;
      }
      open += 1;
      return true;
    },
    end: () => void (open -= 1),
    open: () => open,
    refused: () => refused,
  };
}
