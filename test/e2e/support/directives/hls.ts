// Probes of the block hls: each looks at the list or the files of a stream that was published whole.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { makeToken } from '../../../../src/access/token.js';
import { audioFrame, film, type Film } from '../frames.js';
import { createStream } from '../rtmp_client.js';
import { fetchFrom, fresh, lines, publish, type Eye, type Place, type Probes, type Tree } from './place.js';

interface Published {
  readonly name: string;
  readonly list: string;
}

interface Media extends Film {
  readonly onlyAudio?: boolean;
}

async function listOf(place: Place, name: string, has: RegExp): Promise<string> {
  for (;;) {
    const { text } = await fetchFrom(place, `/live/${name}.m3u8`);
    if (has.test(text)) return text;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Publishes a stream from its beginning to its end. */
async function send(place: Place, media: Media): Promise<string> {
  const name = fresh();
  const sender = await publish(place, name);
  if (media.onlyAudio) for (let i = 0; i < 600; i++) sender.audio(audioFrame(i), i * 20);
  else film(sender, media);
  sender.client.command('deleteStream', [null, sender.id]);
  return name;
}

async function whole(place: Place, media: Media = {}): Promise<Published> {
  const name = await send(place, media);
  return { name, list: await listOf(place, name, /#EXT-X-ENDLIST/) };
}

/** What the list of a stream says, with the directive's block around it. */
const list =
  (read: (list: string, name: string) => unknown, media: Media = {}) =>
  (place: Place): Eye =>
  async () => {
    const published = await whole(place, media);
    return read(published.list, published.name);
  };

const durations = (text: string): number[] => lines(text, /^#EXTINF:/).map((line) => Number(/[\d.]+/.exec(line)?.[0]));
const firstSeconds = (text: string): number => Math.floor(durations(text)[0] ?? 0);
const valueOf = (tag: string) => (text: string) => Number(new RegExp(`#${tag}[:=]([\\d.]+)`).exec(text)?.[1]);

const block = (hls: Readonly<Record<string, string>> = {}): Tree => ({
  republish_wait: '0',
  hls: { hls_fragment: '1', ...hls },
});
const onDisk = (hls: Readonly<Record<string, string>> = {}): Tree => block({ hls_path: '$folder', ...hls });

/** What is below a folder of the vhost after a stream and another one behind it. */
const files =
  (read: (folder: string, name: string) => unknown) =>
  (place: Place): Eye =>
  async () => {
    const { name } = await whole(place);
    await whole(place);
    return read(join(place.folder, place.vhost), name);
  };

const hasList = (folder: string, name: string): boolean => existsSync(join(folder, 'live', `${name}.m3u8`));

/** Whether the first fragment's file stays longer than that of a vhost that cleans up. */
const staysOnDisk = (place: Place): Eye => {
  const first = async (of: Place): Promise<string> => {
    const folder = join(of.folder, of.vhost, 'live');
    const name = await send(of, { pictures: 250 });
    for (;;) {
      const found = existsSync(folder) ? readdirSync(folder).filter((file) => file.startsWith(`${name}-`)) : [];
      if (found.length > 1) return join(folder, found.sort()[0] ?? '');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  return async () => {
    const own = await first(place);
    const cleaned = await first({ ...place, vhost: 'cleaned' });
    while (existsSync(cleaned)) await new Promise((resolve) => setTimeout(resolve, 50));
    return existsSync(own);
  };
};

/** Whether a publisher is still there when a file of its stream could not be written. */
const staysAfterFailure =
  (place: Place): Eye =>
  async () => {
    const name = fresh();
    const sender = await publish(place, name);
    let isOpen = true;
    void sender.client.closed.then(() => (isOpen = false));
    film(sender);
    await place.weir.line(new RegExp(`HLS cannot write.*${name}`));
    // Who is to be closed has no answer any more.
    for (let i = 0; i < 3; i++) {
      await Promise.race([createStream(sender.client).catch(() => undefined), sender.client.closed]);
    }
    return isOpen;
  };

/** Whether a viewer may go on whose token has expired since he came. */
const afterExpiry = async (place: Place): Promise<Eye> => {
  const name = fresh();
  const secret = 'a-secret-of-16-chars';
  const tokenFor = (action: 'publish' | 'play', expires: number): string =>
    `?token=${makeToken(secret, { action, app: 'live', stream: name, expires })}`;
  const sender = await publish(place, name);
  film(sender);
  const expires = Math.ceil(Date.now() / 1000) + 2;
  const path = `/live/${name}.m3u8${tokenFor('play', expires)}&vhost=${place.vhost}`;
  const ask = async (): Promise<number> => {
    const response = await fetch(`http://127.0.0.1:${String(place.http)}${path}`);
    await response.text();
    return response.status;
  };
  while ((await ask()) !== 200);
  while (Date.now() < expires * 1000) await new Promise((resolve) => setTimeout(resolve, 100));
  return ask;
};

export const hlsProbes: Probes = {
  'vhost hls enabled': {
    beside: block(),
    look: (place) => async () => (await fetchFrom(place, `/live/${await send(place, {})}.m3u8`)).status,
    before: 404,
    after: 200,
  },
  'vhost hls hls_path': {
    beside: block(),
    from: '$folder/a',
    to: '$folder/b',
    look: files((folder, name) => ['a', 'b'].filter((place) => hasList(join(folder, place), name)).join()),
    before: 'a',
    after: 'b',
  },
  'vhost hls hls_fragment': {
    beside: { republish_wait: '0' },
    from: '1',
    look: list(firstSeconds),
    before: 1,
    after: 2,
  },
  'vhost hls hls_window': {
    beside: block(),
    to: '1',
    look: list((text) => durations(text).length > 10, { pictures: 400 }),
    before: true,
    after: false,
  },
  'vhost hls hls_on_error': {
    beside: onDisk({ hls_path: '/dev/null/$vhost' }),
    to: 'disconnect',
    look: staysAfterFailure,
    before: true,
    after: false,
  },
  'vhost hls hls_storage': { beside: onDisk(), look: files(hasList), before: true, after: false },
  'vhost hls hls_mount': {
    beside: block(),
    to: '[vhost]/other/[stream].m3u8',
    look: (place) => async () => {
      const name = await send(place, {});
      return (await fetchFrom(place, `/other/${name}.m3u8`)).status;
    },
    before: 404,
    after: 200,
  },
  'vhost hls hls_td_ratio': {
    beside: block(),
    to: '3',
    look: list(valueOf('EXT-X-TARGETDURATION')),
    before: 2,
    after: 3,
  },
  'vhost hls hls_aof_ratio': {
    beside: block(),
    to: '4',
    look: list(firstSeconds, { onlyAudio: true }),
    before: 1,
    after: 4,
  },
  'vhost hls hls_m3u8_file': {
    beside: onDisk(),
    to: '[app]/[stream]/list.m3u8',
    look: files((folder, name) => existsSync(join(folder, 'live', name, 'list.m3u8'))),
    before: false,
    after: true,
  },
  'vhost hls hls_ts_file': {
    beside: block(),
    look: list((text, name) => text.includes(`\n${name}/`)),
    before: false,
    after: true,
  },
  'vhost hls hls_segment_type': {
    beside: block(),
    look: list((text) => text.includes('#EXT-X-MAP')),
    before: false,
    after: true,
  },
  'vhost hls hls_low_latency': {
    beside: block(),
    look: list((text) => text.includes('#EXT-X-PART-INF')),
    before: false,
    after: true,
  },
  'vhost hls hls_part': {
    beside: block({ hls_low_latency: 'on' }),
    to: '0.2',
    look: list(valueOf('EXT-X-PART-INF:PART-TARGET')),
    before: 0.5,
    after: 0.2,
  },
  'vhost hls hls_cleanup': {
    beside: onDisk({ hls_fragment: '0.2', hls_window: '1' }),
    look: staysOnDisk,
    before: false,
    after: true,
  },
  'vhost hls hls_dispose': {
    beside: onDisk(),
    to: '0.1',
    look: (place) => {
      const published = whole(place);
      return async () => hasList(join(place.folder, place.vhost), (await published).name);
    },
    before: true,
    after: false,
  },
  'vhost hls hls_wait_keyframe': {
    beside: block(),
    look: list((text) => durations(text).length > 1, { gop: 1000 }),
    before: false,
    after: true,
  },
  'vhost hls hls_memory_limit': {
    beside: block(),
    to: '1m',
    look: list((text) => durations(text).length > 8, { pictures: 300, size: 10_000 }),
    before: true,
    after: false,
  },
  'vhost hls hls_grant': {
    beside: { ...block(), token: { enabled: 'on', publish: 'off', secret: 'a-secret-of-16-chars' } },
    from: '1h',
    to: '1',
    look: afterExpiry,
    before: 200,
    after: 403,
  },
};
