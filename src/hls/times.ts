// How long HLS waits for what. Milliseconds, or target durations.

/** A list that can be waited for is answered with 503 after so many target durations (RFC 8216bis, 6.2.5.2). */
export const longestHold = 3;
/** hls.js gives up after 10 s without an answer. */
export const firstListHold = 8000;
/** Parts that left the list are kept for so many target durations (RFC 8216bis, 6.2.2). */
export const partsKept = 3;
/** A stream that nobody publishes any more, and that was never said to be over, is forgotten all the same. */
export const longestSilence = 3_600_000;
