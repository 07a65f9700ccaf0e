// The route table, whole. The document that is made from it is a route, too.

import { openapi } from './openapi.js';
import { route, type Route } from './route.js';
import { controlRoutes } from './routes_control.js';
import { forwardRoutes } from './routes_forwards.js';
import { ingestRoutes } from './routes_ingests.js';
import { drainRoutes } from './routes_drain.js';
import { recordingRoutes } from './routes_recordings.js';
import { streamRoutes } from './routes_streams.js';
import { systemRoutes } from './routes_system.js';
import { transcodeRoutes } from './routes_transcodes.js';
import { anything, map } from './schema.js';

export const eventsPath = '/api/v1/events';

export const routes: readonly Route[] = [
  ...systemRoutes,
  ...streamRoutes,
  ...recordingRoutes,
  ...forwardRoutes,
  ...ingestRoutes,
  ...transcodeRoutes,
  ...controlRoutes,
  ...drainRoutes,
  route(
    ['GET', '/api/v1/openapi.json'],
    { summary: 'This API as an OpenAPI document.', since: 'weir' },
    map(anything()),
    () => document,
  ),
];

/** Without the WebSocket of events, for which OpenAPI has no words. */
export const document = openapi(routes);
