// Blocks of a vhost that decide who may come in, and the bandwidth test.

import { list, lists, one } from '../table.js';
import * as v from '../values.js';
import { enabled } from './rows.js';

const hook = (when: string, since: 'SRS 0.9' | 'SRS 2.0') =>
  list(v.httpUrl, {
    doc: `URLs that are called when ${when}.`,
    since,
    reload: 'live',
    probe: 'http://127.0.0.1:8085/api/v1/clients',
  });

export const httpHooksSchema = {
  enabled: enabled('SRS 0.9'),
  on_connect: hook('a client connects; each may refuse it', 'SRS 0.9'),
  on_close: hook('a client has left', 'SRS 0.9'),
  on_publish: hook('a client wants to publish; each may refuse it', 'SRS 0.9'),
  on_unpublish: hook('a client has stopped publishing', 'SRS 0.9'),
  on_play: hook('a client wants to play; each may refuse it', 'SRS 0.9'),
  on_stop: hook('a client has stopped playing', 'SRS 0.9'),
  on_dvr: hook('a recording is finished', 'SRS 2.0'),
  on_hls: hook('an HLS fragment is finished', 'SRS 2.0'),
};

const rule = (verb: string) =>
  lists(v.text('publish | play  address | all'), {
    doc: `Who is ${verb}: publish or play, and an address, a network or all. May stand several times.`,
    since: 'SRS 2.0',
    reload: 'live',
    probe: 'play 192.0.2.0/24',
    repeats: true,
  });

export const securitySchema = {
  enabled: enabled('SRS 2.0'),
  allow: rule('allowed'),
  deny: rule('denied'),
};

export const bandcheckSchema = {
  enabled: enabled('SRS 0.9'),
  key: one(v.text('key'), {
    doc: 'What a client must have as key= in its URL.',
    since: 'SRS 0.9',
    reload: 'live',
    probe: 'a-secret-key',
    secret: true,
  }),
  interval: one(v.seconds(), {
    doc: 'Least time between two tests.',
    since: 'SRS 0.9',
    default: '30',
    reload: 'live',
    probe: '5',
  }),
  limit_kbps: one(v.int('kbps', { min: 1, max: 10_000_000 }), {
    doc: 'The most that a test uses, in each direction.',
    since: 'SRS 0.9',
    default: '1000',
    reload: 'live',
    probe: '4000',
  }),
};
