// Writes every file that is made from a table: conf/full.conf, conf/grafana.json, docs/api.md,
// docs/config.md, docs/errors.md, docs/metrics.md, native/base/reason.h.
// `--check` writes nothing and fails when one of them is stale.

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { eventTypes } from '../src/api/events.js';
import { engineRows, streamRows } from '../src/api/metrics/engine_rows.js';
import { processRows } from '../src/api/metrics/process_rows.js';
import { routes } from '../src/api/routes.js';
import { rootSchema } from '../src/config/schema/root.js';
import { errors } from '../src/errors.js';
import { drainRows } from '../src/drain/start.js';
import { dvrRows } from '../src/dvr/metrics.js';
import { forwardRows } from '../src/forward/metrics.js';
import { hlsRows } from '../src/hls/metrics.js';
import { hookRows } from '../src/hooks/metrics.js';
import { apiDoc, metricsDoc } from './generate/api_doc.js';
import { configDoc } from './generate/config_doc.js';
import { dashboard } from './generate/dashboard.js';
import { errorsDoc, reasonHeader } from './generate/errors.js';
import { fullConf } from './generate/full_conf.js';

const metricTables = [
  { title: 'The engine', rows: engineRows },
  { title: 'Streams, with metrics_per_stream on', rows: streamRows },
  { title: 'HTTP hooks', rows: hookRows },
  { title: 'HLS', rows: hlsRows },
  { title: 'Recordings', rows: dvrRows },
  { title: 'Forwards', rows: forwardRows },
  { title: 'Drain', rows: drainRows },
  { title: 'The process and the machine', rows: processRows },
];

/** Path from the top of the repository -> its right content. */
export function generatedFiles(): ReadonlyMap<string, string> {
  return new Map([
    ['conf/full.conf', fullConf(rootSchema)],
    ['conf/grafana.json', dashboard()],
    ['docs/api.md', apiDoc(routes, eventTypes)],
    ['docs/config.md', configDoc(rootSchema)],
    ['docs/errors.md', errorsDoc(errors)],
    ['docs/metrics.md', metricsDoc(metricTables)],
    ['native/base/reason.h', reasonHeader(errors)],
  ]);
}

/** This file runs as <top>/dist/scripts/generate.js. */
export const top = fileURLToPath(new URL('../../', import.meta.url));

export function staleFiles(): string[] {
  return [...generatedFiles()].filter(([path, content]) => readOrEmpty(top + path) !== content).map(([path]) => path);
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function main(args: readonly string[]): number {
  const stale = staleFiles();
  if (args.includes('--check')) {
    for (const path of stale) console.error(`${path} is stale: run \`npm run generate\``);
    return stale.length === 0 ? 0 : 1;
  }
  const files = generatedFiles();
  for (const path of stale) {
    writeFileSync(top + path, files.get(path) ?? '');
    console.log(`wrote ${path}`);
  }
  return 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = main(process.argv.slice(2));
