// What decides in a vhost who may come in: hooks, addresses, signed URLs, limits; and the bandwidth test.

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
  style: one(v.choice('srs', 'nginx'), {
    doc: 'What is posted and how answers are read: srs posts JSON and wants status 200 with 0 or {"code":0}; nginx posts the form fields of nginx-rtmp and wants a status 2xx, or 3xx with a new name in Location.',
    since: 'weir',
    default: 'srs',
    reload: 'live',
    probe: 'nginx',
    tunes: true,
  }),
  timeout: one(v.seconds(0.1), {
    doc: 'How long one call may take.',
    since: 'weir',
    default: '10',
    reload: 'live',
    probe: '1',
    tunes: true,
  }),
  retries: one(v.int('count', { min: 0, max: 10 }), {
    doc: 'How often a call that decides (on_connect, on_publish, on_play) is made again when it failed. All of them together have 25 seconds.',
    since: 'weir',
    default: '1',
    reload: 'live',
    probe: '0',
    tunes: true,
  }),
  on_error: one(v.choice('deny', 'allow'), {
    doc: 'What becomes of the client when a call that decides failed: no connection, no answer in time, a status of 500 or more. Any other answer decides.',
    since: 'weir',
    default: 'deny',
    reload: 'live',
    probe: 'allow',
    tunes: true,
  }),
  queue: one(v.count('calls'), {
    doc: 'How many calls that only tell (on_close, on_unpublish, on_stop, on_hls, on_dvr) may wait for their server, in total. More are dropped and counted.',
    since: 'weir',
    default: '16384',
    reload: 'live',
    probe: '1000',
    tunes: true,
  }),
  keep_trying: one(v.seconds(1), {
    doc: 'How long a call that only tells is made again while its server does not answer.',
    since: 'weir',
    default: '600',
    reload: 'live',
    probe: '60',
    tunes: true,
  }),
};

const rule = (verb: string) =>
  lists(v.accessWord, {
    doc: `Who is ${verb}: publish or play (neither: both), and addresses, networks or all. May stand several times. deny goes before allow. Where there is an allow, who is not allowed is denied.`,
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

export const tokenSchema = {
  enabled: enabled('weir'),
  secret: list(v.secret, {
    doc: 'Secrets that URLs may be signed with. Several, so that one can be replaced: new URLs are made with the first, and all are accepted.',
    since: 'weir',
    reload: 'live',
    probe: 'another-long-secret',
    secret: true,
  }),
  publish: one(v.flag, {
    doc: 'Publishers need a signed URL.',
    since: 'weir',
    default: 'on',
    reload: 'live',
    probe: 'off',
  }),
  play: one(v.flag, {
    doc: 'Players need a signed URL.',
    since: 'weir',
    default: 'on',
    reload: 'live',
    probe: 'off',
  }),
};

const limit = (what: string, doc: string, probe: string) =>
  one(v.count(what), { doc: `${doc} Default: no limit.`, since: 'weir', reload: 'live', probe });

/** Directives of the vhost itself. */
export const limitsSchema = {
  max_connections: limit('connections', 'Clients of this vhost at the same time, over every protocol.', '500'),
  max_players: limit('players', 'Players of each stream at the same time, over every protocol.', '300'),
  max_per_ip: limit('connections', 'Clients of this vhost at the same time from one address.', '10'),
  max_bitrate: limit('kbps', 'A publisher that sends more than this over three seconds is closed.', '8000'),
  max_output_bitrate: limit(
    'kbps',
    'When the streams of this vhost are sent at this rate in total, no more players come in.',
    '900000',
  ),
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
