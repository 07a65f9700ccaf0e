// A reporter for `node --test` that prints the file of each failed test, so that a group's failed files can be run again.
import { relative } from 'node:path';

export default async function* failedFiles(events) {
  const told = new Set();
  for await (const { type, data } of events) {
    // A file that dies is reported under its own name, without a place.
    const file = data?.file ?? (data?.name?.endsWith('.test.js') ? data.name : undefined);
    if (type !== 'test:fail' || file === undefined || told.has(file)) continue;
    told.add(file);
    yield `${relative(process.cwd(), file)}\n`;
  }
}
