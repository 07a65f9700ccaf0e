// Lists the C++ sources below the given folders, for binding.gyp: `node scripts/sources.mjs native/base native/sys`.
// A folder that does not exist yet has no sources.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** @param {string} folder @returns {string[]} */
export function sourcesBelow(folder, ending = '.cc') {
  let entries;
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
  return entries
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return sourcesBelow(path, ending);
      return entry.name.endsWith(ending) ? [path] : [];
    })
    .sort();
}

if (process.argv[1]?.endsWith('sources.mjs')) {
  for (const folder of process.argv.slice(2)) {
    for (const source of sourcesBelow(folder)) console.log(source);
  }
}
