// How a stream is called. Pure: the addon is not loaded for it.

import type { StreamKey } from '../native.js';

/** For people. Apps and streams may have slashes: two streams can be called the same. */
export const streamName = ({ vhost, app, stream }: StreamKey): string => `${vhost}/${app}/${stream}`;

/** For tables: no two streams have the same, since no name has a control character. */
export const streamId = ({ vhost, app, stream }: StreamKey): string => `${vhost}\n${app}\n${stream}`;
