// Probes of the directives that say how the streams of a vhost are received and sent.
import { isKey, nextPicture, picturesOf, videoOf, type Sender } from '../frames.js';
import { type } from '../rtmp_client.js';
import { ask, fresh, get, hasEnded, keepDoing, publish, watch, type Eye, type Place, type Probes } from './place.js';

interface Scene {
  readonly name: string;
  readonly sender: Sender;
  readonly seen: Awaited<ReturnType<typeof watch>>;
  /** Sends so many pictures more, and waits until the player has them. */
  readonly send: (count: number, size?: number) => Promise<void>;
}

/** One stream and its player, who has the first pictures. */
async function scene(place: Place): Promise<Scene> {
  const name = fresh();
  const seen = await watch(place, name);
  const sender = await publish(place, name);
  let next = 0;
  const send = async (count: number, size = 100): Promise<void> => {
    sender.pictures(next, next + count, { size });
    next += count;
    await nextPicture(seen, next - 1);
  };
  await send(15);
  return { name, sender, seen, send };
}

/** Of a player who comes to a stream that begins at ten minutes. */
async function firstTime(place: Place, bravo: boolean): Promise<number> {
  const name = fresh();
  const sender = await publish(place, name);
  if (bravo) sender.metadata({ width: 192, height: 108, bravo_atc: 'true' });
  sender.pictures(0, 20, { origin: 600_000 });
  const seen = await watch(place, name);
  const message = await nextPicture(seen, 19);
  seen.end();
  return message.timestamp;
}

/** Whether a picture that was sent alone came so much later than the one before, four times in a row. */
const comesInRounds =
  ({ send }: Scene, milliseconds: number): Eye =>
  async () => {
    await send(1);
    const start = performance.now();
    for (let i = 0; i < 4; i++) await send(1);
    // One round may have been due already.
    return performance.now() - start >= 3 * milliseconds;
  };

const twoPlayers = (place: Place) => async () => {
  const name = fresh();
  await ask(place, 'play', { name });
  return ask(place, 'play', { name });
};

/** What becomes of a player whose publisher left and came back. */
const afterReturn = (place: Place) => async () => {
  const { name, sender, seen } = await scene(place);
  sender.client.end();
  await place.weir.line(new RegExp(`"type":"unpublished".*"stream":"${name}"`));
  const again = await publish(place, name);
  again.pictures(1000, 1010);
  return Promise.race([seen.closed.then(() => 'closed'), nextPicture(seen, 1009).then(() => 'kept')]).catch(
    () => 'closed',
  );
};

const fromPage = (action: 'publish' | 'play') => (place: Place) => () =>
  ask(place, action, { page: 'http://evilgithub.com/' });
const refused = { to: 'github.com', before: 'Start', after: 'refer_denied' };

export const vhostProbes: Probes = {
  'vhost forward': {
    look: async (place) => {
      const name = fresh();
      await publish(place, name);
      return () => place.weir.output().includes(`cannot forward ${place.vhost}/live/${name} to 127.0.0.1:19350`);
    },
    before: false,
    after: true,
  },
  'vhost enabled': { look: (place) => () => ask(place, 'play'), before: 'Start', after: 'vhost_not_found' },
  'vhost chunk_size': {
    look: async (place) => {
      const { seen, send } = await scene(place);
      return async () => {
        await send(10);
        return seen.received.findLast((message) => message.type === type.setChunkSize)?.payload.readUInt32BE();
      };
    },
    before: 60_000,
    after: 4096,
  },
  'vhost gop_cache': {
    look: async (place) => {
      const { name, sender } = await scene(place);
      return async () => {
        const late = await watch(place, name);
        sender.pictures(15, 16);
        await nextPicture(late, 15);
        return videoOf(late).some(({ payload }) => payload.length > 0 && isKey(payload));
      };
    },
    before: true,
    after: false,
  },
  'vhost queue_length': {
    to: '2',
    look: (place) => async () => {
      const { seen, sender, name } = await scene(place);
      seen.pauseReading();
      const fast = await watch(place, name);
      for (let from = 15; from < 240; from += 5) {
        sender.pictures(from, from + 5, { size: 60_000 });
        await nextPicture(fast, from + 4);
      }
      seen.resumeReading();
      sender.pictures(240, 260);
      await nextPicture(seen, 259);
      return picturesOf(seen).length === 260;
    },
    before: true,
    after: false,
  },
  'vhost time_jitter': {
    look: (place) => async () => {
      const { seen, sender } = await scene(place);
      sender.pictures(15, 20, { origin: 3_600_000 });
      return (await nextPicture(seen, 19)).timestamp > 3_600_000;
    },
    before: false,
    after: true,
  },
  'vhost atc': { look: (place) => async () => (await firstTime(place, false)) > 500_000, before: false, after: true },
  'vhost atc_auto': {
    look: (place) => async () => (await firstTime(place, true)) > 500_000,
    before: true,
    after: false,
  },
  'vhost mw_latency': { look: async (place) => comesInRounds(await scene(place), 350), before: false, after: true },
  'vhost min_latency': {
    beside: { mw_latency: '350' },
    look: async (place) => comesInRounds(await scene(place), 350),
    before: true,
    after: false,
  },
  'vhost tcp_nodelay': {
    look: async (place) => {
      const { name } = await scene(place);
      return async () => {
        const { text } = await get(`${place.api}/api/v1/clients?stream=${name}`);
        const { clients } = JSON.parse(text) as { clients: { publish: boolean; tcp: { nodelay: boolean } }[] };
        return clients.find(({ publish: publishes }) => !publishes)?.tcp.nodelay;
      };
    },
    before: true,
    after: false,
  },
  'vhost send_timeout': {
    from: '1h',
    to: '1',
    look: async (place) => {
      const { seen, sender, name } = await scene(place);
      const fast = await watch(place, name);
      seen.pauseReading();
      for (let from = 15; from < 215; from += 5) {
        sender.pictures(from, from + 5, { size: 60_000 });
        await nextPicture(fast, from + 4);
      }
      return () => hasEnded(place, 'send_timeout');
    },
    before: false,
    after: true,
  },
  'vhost publish_takeover': {
    look: async (place) => {
      const { name } = await scene(place);
      return () => ask(place, 'publish', { name });
    },
    before: 'NetStream.Publish.BadName',
    after: 'Start',
  },
  'vhost publish_1stpkt_timeout': {
    from: '1h',
    to: '100',
    look: async (place) => {
      await ask(place, 'publish');
      return () => hasEnded(place, 'publish_first_timeout');
    },
    before: false,
    after: true,
  },
  'vhost publish_normal_timeout': {
    from: '1h',
    to: '100',
    look: async (place) => {
      await scene(place);
      return () => hasEnded(place, 'publish_idle_timeout');
    },
    before: false,
    after: true,
  },
  'vhost republish_wait': {
    from: '1h',
    to: '0',
    look: async (place) => {
      const { seen, sender } = await scene(place);
      let isClosed = false;
      void seen.closed.then(() => (isClosed = true));
      sender.client.end();
      return () => isClosed;
    },
    before: false,
    after: true,
  },
  'vhost republish_end': { beside: { republish_wait: '0' }, look: afterReturn, before: 'closed', after: 'kept' },
  'vhost play_wait': {
    look: (place) => () => ask(place, 'play'),
    before: 'Start',
    after: 'NetStream.Play.StreamNotFound',
  },
  'vhost refer': { look: fromPage('play'), ...refused },
  'vhost refer_publish': { look: fromPage('publish'), ...refused },
  'vhost refer_play': { look: fromPage('play'), ...refused },
  'vhost max_connections': { to: '1', look: twoPlayers, before: 'Start', after: 'vhost_full' },
  'vhost max_players': { to: '1', look: twoPlayers, before: 'Start', after: 'stream_full' },
  'vhost max_per_ip': { to: '1', look: twoPlayers, before: 'Start', after: 'address_full' },
  'vhost max_bitrate': {
    to: '10',
    look: async (place) => {
      const { sender } = await scene(place);
      let number = 15;
      keepDoing(place, () => sender.pictures(number, ++number, { size: 4000 }));
      return () => hasEnded(place, 'bitrate_limit');
    },
    before: false,
    after: true,
  },
  'vhost max_output_bitrate': {
    to: '1',
    look: async (place) => {
      const { name, sender } = await scene(place);
      let number = 15;
      keepDoing(place, () => sender.pictures(number, ++number, { size: 4000 }));
      return () => ask(place, 'play', { name });
    },
    before: 'Start',
    after: 'output_limit',
  },
};
