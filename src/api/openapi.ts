// The route table -> an OpenAPI 3.1 document.

import { version } from '../version.js';
import { failureSchema } from './failure.js';
import type { Route } from './route.js';
import { statusText } from './status_text.js';

/** What any route may answer. */
const always = [400, 401, 403, 500];

export function openapi(routes: readonly Route[]): Readonly<Record<string, unknown>> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) (paths[route.path] ??= {})[route.method.toLowerCase()] = operation(route);
  return {
    openapi: '3.1.0',
    info: { title: 'weir', version, description: 'The HTTP API of the weir live streaming server.' },
    security: [{ basic: [] }, { bearer: [] }, {}],
    paths,
    components: {
      schemas: { Failure: failureSchema.json },
      securitySchemes: { basic: { type: 'http', scheme: 'basic' }, bearer: { type: 'http', scheme: 'bearer' } },
    },
  };
}

function operation(route: Route): unknown {
  const failure = { 'application/json': { schema: { $ref: '#/components/schemas/Failure' } } };
  const failures = [...new Set([...always, ...route.failures])].toSorted((a, b) => a - b);
  return {
    summary: route.summary,
    operationId: `${route.method.toLowerCase()}${route.path.replace(/[^A-Za-z0-9]+(\w?)/g, (_, letter: string) => letter.toUpperCase())}`,
    parameters: route.parameters.map(({ name, in: where, doc, schema }) => ({
      ...{ name, in: where, required: where === 'path', description: doc, schema },
    })),
    responses: Object.fromEntries([
      ['200', { description: 'OK', content: contentOf(route) }],
      ...failures.map((status) => [String(status), { description: statusText(status), content: failure }]),
    ]) as unknown,
  };
}

function contentOf({ reply }: Route): unknown {
  if (reply.type === 'text') return { 'text/plain': { schema: { type: 'string' } } };
  if (reply.type === 'file') return { 'video/*': { schema: { type: 'string', format: 'binary' } } };
  return { 'application/json': { schema: reply.schema } };
}
