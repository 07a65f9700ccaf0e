// Programs of ours that are built beside the addon.

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const found = new Map<string, string>();

/** From dist/src/ of a build and from src/ of a checkout it lies in the same build folder. */
export function programOfOurs(name: string): string {
  const paths = ['../../../', '../../'].map((up) =>
    fileURLToPath(new URL(`${up}build/Release/${name}`, import.meta.url)),
  );
  const path = found.get(name) ?? paths.find((candidate) => existsSync(candidate)) ?? paths[0] ?? '';
  found.set(name, path);
  return path;
}
