// A configuration file, or its text -> a frozen, typed Config; or one ConfigError that names everything that is wrong.

import { readFileSync } from 'node:fs';
import { checkAddresses } from './check_addresses.js';
import { checkTranscodes } from './check_transcodes.js';
import { defaultVhostName } from './default_vhost.js';
import { byPlace, ConfigError, Diagnostics, type Diagnostic } from './diagnostic.js';
import { parse } from './parser.js';
import { TreeReader } from './read_tree.js';
import { rootSchema } from './schema/root.js';
import type { Values } from './table.js';

export type Config = Values<typeof rootSchema> & {
  /** Where it was read from, as it was given. */
  readonly file: string;
};
export type VhostConfig = Config['vhost'][number];

export interface LoadedConfig {
  readonly config: Config;
  /** What is legal but without effect. */
  readonly warnings: readonly Diagnostic[];
}

export function loadConfig(path: string): LoadedConfig {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ConfigError([{ file: path, line: 0, column: 0, message: `the file cannot be read: ${why}` }]);
  }
  return parseConfig(text, path);
}

/** `file` is what messages call the text. */
export function parseConfig(text: string, file: string): LoadedConfig {
  const diagnostics = new Diagnostics(file);
  const tree = parse(text, (place, message, expected) => diagnostics.error(place, message, { expected }));
  const values = new TreeReader(rootSchema, diagnostics).read(tree) as Values<typeof rootSchema>;
  // Only a file that is right so far has what it asks about.
  if (diagnostics.errors.length === 0) {
    checkAddresses(tree, values, diagnostics);
    checkTranscodes(tree, values, diagnostics);
  }
  if (diagnostics.errors.length > 0) throw new ConfigError(diagnostics.errors.toSorted(byPlace));
  const vhost = values.vhost.length > 0 ? values.vhost : [implicitVhost()];
  return {
    config: deepFreeze({ ...values, vhost, file }),
    warnings: diagnostics.warnings.toSorted(byPlace),
  };
}

/** `listen 1935;` alone is a useful server; a file with vhosts has exactly those that it names, as in SRS. */
function implicitVhost(): VhostConfig {
  const tree = parse(`vhost ${defaultVhostName} {}`, () => undefined);
  const values = new TreeReader(rootSchema, new Diagnostics('')).read(tree) as Values<typeof rootSchema>;
  return values.vhost[0] as VhostConfig;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const member of Object.values(value)) deepFreeze(member);
  }
  return value;
}
