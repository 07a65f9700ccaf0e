// What an operator does and looks up: reload, the configuration, what is built, the last hour.

import type { Children } from '../config/table.js';
import { rootSchema } from '../config/schema/root.js';
import { headOf, reply } from './envelope.js';
import { ApiFailure } from './failure.js';
import { maskSecrets } from './masked.js';
import { route, textRoute, type ApiContext, type Route } from './route.js';
import { anything, flag, integer, list, map, nullable, number, object, text } from './schema.js';

const since = 'weir';

const reportSchema = object({
  at: integer('Unix milliseconds.'),
  ok: flag('False: nothing was changed, for the reasons in errors.'),
  applied: list(text(), 'Directives whose change holds now.'),
  restart: list(object({ path: text(), why: text() }), 'Directives whose change waits for a restart.'),
  errors: list(text(), 'Each with its place.'),
});

async function reloadNow(context: ApiContext) {
  const { ok, applied, restart, errors } = await context.reload();
  const report = { at: Date.now(), ok, applied, restart, errors };
  context.lastReload.report = report;
  context.events.tell('reloaded', { ok, applied, errors });
  if (!ok) throw new ApiFailure(409, errors.join('\n'));
  return report;
}

const sampleSchema = object({
  at: integer('Unix milliseconds.'),
  connections: integer(),
  publishers: integer(),
  players: integer(),
  streams: integer(),
  in_kbps: integer(),
  out_kbps: integer(),
  skips: integer('Since the sample before.'),
  drops: integer('Since the sample before.'),
  cpu: number('Of this process, in cores.'),
  system_cpu: number('Of all cores, 0..1.'),
  rss: integer('Bytes.'),
  log_bytes: integer(),
  round_ms: number('Mean time that a flush round took.'),
  round_max_ms: number(),
  start_delay_max_ms: number('How late a flush round began.'),
  event_loop_delay_ms: number('The longest of the main thread.'),
});

/** Features that directives wait for. */
function waitingFeatures(schema: Children): string[] {
  return Object.values(schema).flatMap((entry) => [
    ...(entry.needs === undefined ? [] : [entry.needs]),
    ...('children' in entry ? waitingFeatures(entry.children) : []),
  ]);
}

function featuresOf({ config }: ApiContext): Record<string, boolean> {
  const { http_server: delivery, http_api: api, vhost: vhosts } = config();
  const waiting = Object.fromEntries(waitingFeatures(rootSchema).map((name) => [name, false]));
  const http = delivery.enabled;
  const hls = vhosts.some((vhost) => vhost.hls.enabled) && !('HLS' in waiting);
  const hooks = vhosts.some((vhost) => vhost.http_hooks.enabled);
  const on = {
    rtmp: true,
    http_flv: http,
    ws_flv: http,
    http_ts: http,
    hls,
    hooks,
    http_api: api.enabled,
    metrics: true,
  };
  return { ...waiting, ...on };
}

export const controlRoutes: readonly Route[] = [
  route(
    ['GET', '/api/v1/reload'],
    { summary: 'What the last reload by this API did.', since },
    reply({ data: nullable(reportSchema) }),
    (context) => ({ ...headOf(context), data: context.lastReload.report }),
  ),
  route(
    ['POST', '/api/v1/reload'],
    {
      ...{
        summary: 'Reads the configuration again and applies what changed. A broken file changes nothing (409).',
        since,
      },
      failures: [409],
    },
    reply({ data: reportSchema }),
    async (context) => ({ ...headOf(context), data: await reloadNow(context) }),
  ),
  route(
    ['GET', '/api/v1/configs'],
    { summary: 'The effective configuration: every directive with its value, without the secrets.', since },
    reply({ data: map(anything(), 'By directive, as docs/config.md has them.') }),
    (context) => ({ ...headOf(context), data: maskSecrets(context.config(), rootSchema) }),
  ),
  route(
    ['GET', '/api/v1/features'],
    { summary: 'What this server can do, and what is switched on.', since },
    reply({ data: object({ features: map(flag()) }) }),
    (context) => ({ ...headOf(context), data: { features: featuresOf(context) } }),
  ),
  route(
    ['GET', '/api/v1/history'],
    {
      ...{ summary: 'The last hour, a sample every five seconds, the oldest first.', since },
      parameters: [
        {
          ...{ name: 'since', in: 'query', doc: 'Only samples later than this, in Unix milliseconds.' },
          schema: { type: 'integer', minimum: 0, default: 0 },
        },
      ],
    },
    reply({ interval_ms: integer(), samples: list(sampleSchema) }),
    (context, call) => {
      const { interval, samples } = context.history;
      return { ...headOf(context), interval_ms: interval, samples: samples(call.number('since') ?? 0) };
    },
  ),
  textRoute('/metrics', { summary: 'Metrics for Prometheus: docs/metrics.md.', since }, ({ metrics }) => metrics()),
];
