// The catalogue of errors -> docs/errors.md and the native enum.

import type { ErrorEntry } from '../../src/errors.js';

type Catalogue = Readonly<Record<string, ErrorEntry>>;

export function errorsDoc(catalogue: Catalogue): string {
  const rows = Object.entries(catalogue).map(([code, entry]) => {
    const raised = entry.native ? 'engine' : 'control';
    const kind = entry.ordinary ? 'ordinary end' : 'error';
    return `| \`${code}\` | ${raised} | ${kind} | ${entry.text.replaceAll('|', '\\|')} |`;
  });
  return [
    '# Errors and refusals',
    '',
    'Made from the catalogue (`src/errors.ts`) by `npm run generate`; do not edit.',
    'A code stands as `reason` in the log and names a counter. It never changes its meaning. An ordinary end is no error:',
    'the peer left, or the server stops.',
    '',
    '| code | raised by | kind | meaning |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

export function reasonHeader(catalogue: Catalogue): string {
  const native = Object.entries(catalogue).filter(([, entry]) => entry.native);
  const codes = native.map(([code]) => code);
  const ordinary = native.filter(([, entry]) => entry.ordinary).map(([code]) => code);
  return `// Reason: why a connection was refused or ended. Generated from src/errors.ts by \`npm run generate\`; do not edit.
#ifndef WEIR_BASE_REASON_H_
#define WEIR_BASE_REASON_H_

#include <cstdint>

namespace weir {

enum class Reason : uint8_t {
${codes.map((code) => `  k${pascal(code)},\n`).join('')}};

inline constexpr const char* kReasonNames[] = {
${codes.map((code) => `    "${code}",\n`).join('')}};
inline constexpr int kReasonCount = ${codes.length};

inline const char* ReasonName(Reason reason) { return kReasonNames[static_cast<int>(reason)]; }

// The peer left, or the server stops: no error.
inline constexpr bool IsOrdinary(Reason reason) {
  switch (reason) {
${ordinary.map((code) => `    case Reason::k${pascal(code)}:\n`).join('')}      return true;
    default:
      return false;
  }
}

}  // namespace weir

#endif  // WEIR_BASE_REASON_H_
`;
}

function pascal(code: string): string {
  return code.replace(/(^|_)([a-z0-9])/g, (_, __, letter: string) => letter.toUpperCase());
}
