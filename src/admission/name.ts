// Which vhost, app and stream names are legal: they become log fields, URLs and file names. The engine asks the same.

const longestName = 255;

export function isName(name: string): boolean {
  return (
    name !== '' &&
    Buffer.byteLength(name) <= longestName &&
    // Control characters, halves of surrogate pairs, and U+FFFD: what bytes that are no UTF-8 have become on their way.
    !/[\p{Cc}\p{Cs}\uFFFD]/u.test(name) &&
    !name.includes('..') &&
    !name.split('/').includes('.')
  );
}
