// Directives of the HTTP API.

import { list, one } from '../table.js';
import * as v from '../values.js';
import { enabled } from './rows.js';

export const httpApiSchema = {
  enabled: enabled('SRS 1.0'),
  listen: one(v.endpoint, {
    doc: 'Where it listens. Only this machine reaches it by default, unlike SRS; on another address the server starts only with auth or token.',
    since: 'SRS 1.0',
    default: '127.0.0.1:1985',
    reload: 'live',
    probe: '127.0.0.1:1986',
  }),
  crossdomain: one(v.flag, {
    doc: 'Allow pages of other origins to read from it. They never may change anything, but with a token.',
    since: 'SRS 2.0',
    default: 'on',
    reload: 'live',
    probe: 'off',
  }),
  auth: list(v.credentials, {
    doc: 'Who may call it, each as USER:PASSWORD (HTTP Basic). With auth or token every call needs one of them.',
    since: 'weir',
    reload: 'live',
    probe: 'admin:a-long-password',
    secret: true,
  }),
  token: one(v.secretToken, {
    doc: 'A token that may call it, too: Authorization: Bearer TOKEN. At least 16 characters.',
    since: 'weir',
    reload: 'live',
    probe: '0123456789abcdef',
    secret: true,
  }),
  metrics_per_stream: one(v.flag, {
    doc: 'Metrics of every stream, too: on a server with thousands of streams these are many time series.',
    since: 'weir',
    default: 'off',
    reload: 'live',
    probe: 'on',
    tunes: true,
  }),
};
