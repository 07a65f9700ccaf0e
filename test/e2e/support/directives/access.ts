// Probes of the directives that say who may come in: addresses, signed URLs, hooks.
import { makeToken } from '../../../../src/access/token.js';
import { film } from '../frames.js';
import { ask, fresh, metric, publish, toldOf, watch, type Eye, type Place, type Probe, type Probes } from './place.js';

const secret = 'a-secret-of-16-chars';
const another = 'another-long-secret';

const play = (place: Place) => () => ask(place, 'play');

function signed(place: Place): Promise<string> {
  const name = fresh();
  const expires = Math.floor(Date.now() / 1000) + 3600;
  const query = `?token=${makeToken(another, { action: 'play', app: 'live', stream: name, expires })}`;
  return ask(place, 'play', { name, query });
}

const tokens = (more: Readonly<Record<string, string>>) => ({ token: { enabled: 'on', ...more } });

export const accessProbes: Probes = {
  'vhost security enabled': {
    beside: { security: { deny: 'play all' } },
    look: play,
    before: 'Start',
    after: 'address_denied',
  },
  'vhost security allow': { to: 'play 127.0.0.0/8', look: play, before: 'address_denied', after: 'Start' },
  'vhost security deny': {
    beside: { security: { allow: 'all' } },
    to: 'play 127.0.0.0/8',
    look: play,
    before: 'Start',
    after: 'address_denied',
  },
  'vhost token enabled': { beside: { token: { secret } }, look: play, before: 'Start', after: 'token_missing' },
  'vhost token secret': { from: secret, look: (place) => () => signed(place), before: 'token_invalid', after: 'Start' },
  'vhost token publish': {
    beside: tokens({ secret }),
    look: (place) => () => ask(place, 'publish'),
    before: 'token_missing',
    after: 'Start',
  },
  'vhost token play': { beside: tokens({ secret }), look: play, before: 'token_missing', after: 'Start' },
};

/** A publisher and a player come and go; what the back end was told of so far, each event once. */
async function comeAndGo(place: Place): Promise<string> {
  const name = fresh();
  const seen = await watch(place, name);
  const sender = await publish(place, name);
  film(sender);
  seen.end();
  sender.client.end();
  await Promise.all([seen.closed, sender.client.closed]);
  return [...new Set(toldOf(place).map(({ path }) => path.split('/').at(-1)))].join(' ');
}

const hook = (event: string, beside: Probe['beside'] = {}): Probe => ({
  beside,
  to: `$backend/${event}`,
  look: (place) => () => comeAndGo(place),
  before: '',
  after: event,
});

const deciding = (value: string) => ({ http_hooks: { on_connect: `$backend/${value}` } });
const telling = (more: Readonly<Record<string, string>>) => ({ http_hooks: { on_close: '$away/on_close', ...more } });
const looksWhenTold = (counter: string) => async (place: Place) => {
  const start = await metric(place, counter);
  return async () => {
    await comeAndGo(place);
    return (await metric(place, counter)) > start;
  };
};

const lastType =
  (place: Place): Eye =>
  async () => {
    await ask(place, 'play');
    return toldOf(place).at(-1)?.type;
  };

const callsOfOne =
  (place: Place): Eye =>
  async () => {
    const start = toldOf(place).length;
    await ask(place, 'play');
    return toldOf(place).length - start;
  };

export const hookProbes: Probes = {
  'vhost http_hooks enabled': { ...hook('on_connect'), beside: deciding('on_connect'), to: 'on' },
  'vhost http_hooks on_connect': hook('on_connect'),
  'vhost http_hooks on_close': hook('on_close'),
  'vhost http_hooks on_publish': hook('on_publish'),
  'vhost http_hooks on_unpublish': hook('on_unpublish'),
  'vhost http_hooks on_play': hook('on_play'),
  'vhost http_hooks on_stop': hook('on_stop'),
  'vhost http_hooks on_hls': hook('on_hls', { hls: { enabled: 'on', hls_fragment: '1' }, republish_wait: '0' }),
  'vhost http_hooks on_dvr': hook('on_dvr', { dvr: { enabled: 'on', dvr_path: '$folder' }, republish_wait: '0' }),
  'vhost http_hooks style': {
    beside: deciding('on_connect'),
    look: lastType,
    before: 'application/json',
    after: 'application/x-www-form-urlencoded',
  },
  'vhost http_hooks timeout': {
    beside: { http_hooks: { on_connect: '$backend/late', retries: '0' } },
    from: '20',
    to: '0.1',
    look: play,
    before: 'Start',
    after: 'hook_failed',
  },
  'vhost http_hooks retries': { beside: deciding('broken'), look: callsOfOne, before: 2, after: 1 },
  'vhost http_hooks on_error': {
    beside: { http_hooks: { on_connect: '$backend/broken', retries: '0' } },
    look: play,
    before: 'hook_failed',
    after: 'Start',
  },
  'vhost http_hooks queue': {
    beside: telling({}),
    to: '1',
    look: looksWhenTold('weir_hook_overflow_total'),
    before: false,
    after: true,
  },
  'vhost http_hooks keep_trying': {
    beside: telling({}),
    to: '1',
    look: looksWhenTold('weir_hook_lost_total'),
    before: false,
    after: true,
  },
};
