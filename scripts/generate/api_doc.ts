// The route table -> docs/api.md; the metrics tables -> docs/metrics.md.

import type { MetricRow } from '../../src/metric.js';
import type { Route } from '../../src/api/route.js';
import type { JsonSchema } from '../../src/api/schema.js';

const intro = `# HTTP API

Made from the route table (\`src/api/routes.ts\`) by \`npm run generate\`; do not edit. The same as an OpenAPI 3.1 document:
\`/api/v1/openapi.json\` of a running server. [operations.md](operations.md) has examples.

    http_api { enabled on; listen 127.0.0.1:1985; }

- JSON, keep-alive, GET and HEAD alike. A slash at the end makes no difference.
- \`code\` is 0 when it was done. What fails has an HTTP status and SRS's body: \`{"code": 3011, "data": {"status_code": 404,
  "reason_phrase": "Not Found", "url": "/x", "message": "..."}}\`.
- Without \`auth\` and \`token\` it serves this machine only, and only under a name of it (127.0.0.1, localhost). With them
  every call needs one: \`curl -u USER:PASSWORD\` or \`Authorization: Bearer TOKEN\`.
- Pages of other origins may read (\`crossdomain\`). They may not write, but with a token.
- Numbers of clients are those of the log (\`conn\`). Those of vhosts and streams are made from the names and stay the same.

## WebSocket /api/v1/events

What happens, as it happens: one JSON text for each event, with \`type\` and \`at\` (Unix milliseconds).
Types: EVENTS. Of each type at most 50 in a second are sent; \`suppressed\` says how many were left out \`of\` which. A subscriber that
leaves 1 MB unread is closed.
`;

export function apiDoc(routes: readonly Route[], events: readonly string[]): string {
  const told = events.map((type) => `\`${type}\``).join(', ');
  return [intro.replace('EVENTS', told), ...routes.map(section)].join('\n');
}

function section(route: Route): string {
  const { method, path, summary, since, access, parameters, failures, reply } = route;
  const facts = [
    `since ${since}`,
    access === 'write' ? 'changes something' : '',
    ...failures.map((status) => `may answer ${status}`),
  ];
  const rows = parameters.map(
    ({ name, in: where, schema, doc }) => `| \`${name}\` | ${where} | ${typeName(schema)} | ${doc} |`,
  );
  const table = rows.length === 0 ? [] : ['| parameter | in | type | meaning |', '|---|---|---|---|', ...rows, ''];
  const shape = reply.type === 'json' ? members(reply.schema) : [told[reply.type], ''];
  return [
    `## ${method} ${path}`,
    '',
    `${summary} (${facts.filter((fact) => fact !== '').join('; ')})`,
    '',
    ...table,
    ...shape,
  ].join('\n');
}

/** Of every reply; told once. */
const common = new Set(['code', 'server', 'service', 'pid']);

function members(schema: JsonSchema): string[] {
  const rows = flatten(schema, '').filter(([name]) => !common.has(name));
  if (rows.length === 0) return [];
  const lines = rows.map(([name, type, doc]) => `| \`${name}\` | ${type} | ${doc} |`);
  return ['| member | type | meaning |', '|---|---|---|', ...lines, ''];
}

const told = { text: 'Plain text.', file: 'The bytes of the file.' } as const;

type Row = readonly [name: string, type: string, doc: string];

interface Shape {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly additionalProperties?: JsonSchema | false;
  readonly anyOf?: readonly JsonSchema[];
}

function flatten(schema: JsonSchema, prefix: string): Row[] {
  const { properties, items, anyOf } = schema as Shape;
  if (anyOf?.[0]) return flatten(anyOf[0], prefix);
  if (items) return flatten(items, `${prefix}[]`);
  return Object.entries(properties ?? {}).flatMap(([name, member]) => {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    const own: Row = [path, typeName(member), typeof member['description'] === 'string' ? member['description'] : ''];
    return [own, ...flatten(member, path)];
  });
}

function typeName(schema: JsonSchema): string {
  const {
    anyOf,
    items,
    additionalProperties,
    enum: words,
    type,
  } = schema as Shape & {
    readonly enum?: readonly string[];
    readonly type?: string;
  };
  if (anyOf?.[0]) return `${typeName(anyOf[0])} or null`;
  if (words) return words.map((word) => `"${word}"`).join(' or ');
  if (items) return `list of ${typeName(items)}`;
  if (additionalProperties) return `map of ${typeName(additionalProperties)}`;
  return type ?? 'anything';
}

export interface MetricTable {
  readonly title: string;
  readonly rows: readonly MetricRow<never>[];
}

const metricsIntro = `# Metrics

Made from the metrics tables by \`npm run generate\`; do not edit. \`/metrics\` of the HTTP API has them for Prometheus;
[conf/grafana.json](../conf/grafana.json) is a dashboard of them, and [operations.md](operations.md) says how to scrape.
Labels are bounded: vhosts stand in the configuration, apps are counted up to a cap, reasons are those of [errors.md](errors.md).
`;

export function metricsDoc(tables: readonly MetricTable[]): string {
  return [metricsIntro, ...tables.map(metricSection)].join('\n');
}

function metricSection({ title, rows }: MetricTable): string {
  const lines = rows.map(
    ({ name, type, labels = [], help }) =>
      `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${help} |`,
  );
  return [`## ${title}`, '', '| metric | type | labels | meaning |', '|---|---|---|---|', ...lines, ''].join('\n');
}
