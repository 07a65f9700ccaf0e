// Probes of the block dvr: each looks at what was recorded of streams that were published whole.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readFlv } from '../engine.js';
import { type } from '../rtmp_client.js';
import { film, type Film } from '../frames.js';
import { fresh, metric, publish, type Eye, type Place, type Probes, type Tree } from './place.js';

const path = '$folder/[app]/[stream].[timestamp]';
const block = (dvr: Readonly<Record<string, string>> = {}): Tree => ({
  republish_wait: '0',
  dvr: { dvr_path: path, ...dvr },
});

/** Publishes a stream from its beginning to its end. */
async function send(place: Place, ...films: readonly Film[]): Promise<string> {
  const name = fresh();
  const sender = await publish(place, name);
  // Else it could be over before anybody has heard of it.
  await place.weir.line(new RegExp(`"type":"published".*"stream":"${name}"`));
  for (const one of films.length > 0 ? films : [{}]) film(sender, one);
  sender.client.command('deleteStream', [null, sender.id]);
  await place.weir.line(new RegExp(`"type":"unpublished".*"stream":"${name}"`));
  return name;
}

const filesOf = ({ weir }: Place, wanted: string): string[] =>
  weir
    .output()
    .split('\n')
    .filter((line) => line.includes('"type":"recorded"') && line.includes(wanted))
    .map((line) => (JSON.parse(line) as { file: string }).file);

/** What the last file is. A stream of a few milliseconds may have none on a busy machine; the next one has. */
const file =
  (read: (path: string) => unknown, ...films: readonly Film[]) =>
  (place: Place): Eye =>
  async () => {
    await send(place, ...films);
    const last = filesOf(place, `"vhost":"${place.vhost}"`).at(-1);
    return last === undefined ? undefined : read(last);
  };

/** Whether anything was recorded of the streams so far. */
const isRecorded =
  (place: Place): Eye =>
  async () => {
    await send(place);
    return filesOf(place, `"vhost":"${place.vhost}"`).length > 0;
  };

/** Whether any of the streams so far has several files. */
const hasPieces = (place: Place): Eye => {
  const names: string[] = [];
  return async () => {
    names.push(await send(place));
    return names.some((name) => filesOf(place, `"stream":"${name}"`).length > 1);
  };
};

const pictures = (name: string) => readFlv(name).filter((tag) => tag.type === type.video && tag.payload[1] === 1);

/** A recording that ended in 1970. */
export function makeOldRecording(root: string): void {
  const folder = join(root, 'dvr.dvr_keep_days');
  mkdirSync(join(folder, 'live'), { recursive: true });
  writeFileSync(join(folder, 'live', 'old.flv'), 'FLV');
  const done = { at: 2, bytes: 3, duration: 1 };
  const facts = {
    vhost: 'dvr.dvr_keep_days',
    app: 'live',
    stream: 'old',
    file: 'live/old.flv',
    format: 'flv',
    began: 1,
  };
  writeFileSync(join(folder, '.weir-recordings.jsonl'), `${JSON.stringify({ ...facts, done })}\n`);
}

const large = { pictures: 2, size: 3_000_000 };

export const dvrProbes: Probes = {
  'vhost dvr enabled': { beside: block(), look: isRecorded, before: false, after: true },
  'vhost dvr dvr_apply': { beside: block(), from: 'other', to: 'live', look: isRecorded, before: false, after: true },
  'vhost dvr dvr_path': {
    beside: { republish_wait: '0' },
    from: '$folder/a',
    to: '$folder/b',
    look: file((name) => /\/([ab])\/live\//.exec(name)?.[1]),
    before: 'a',
    after: 'b',
  },
  'vhost dvr dvr_plan': { beside: block({ dvr_duration: '1' }), look: hasPieces, before: false, after: true },
  'vhost dvr dvr_duration': {
    beside: block({ dvr_plan: 'segment' }),
    from: '1h',
    to: '1',
    look: hasPieces,
    before: false,
    after: true,
  },
  'vhost dvr dvr_wait_keyframe': {
    beside: block(),
    look: file((name) => pictures(name)[0]?.payload[0] === 0x17, { from: 1 }),
    before: true,
    after: false,
  },
  'vhost dvr time_jitter': {
    beside: { ...block(), time_jitter: 'off' },
    look: file((name) => (pictures(name).at(-1)?.timestamp ?? 0) > 3_600_000, {}, { from: 100_000 }),
    before: false,
    after: true,
  },
  'vhost dvr dvr_format': { beside: block(), look: file((name) => name.slice(-3)), before: 'flv', after: 'mp4' },
  'vhost dvr dvr_backlog': {
    beside: block(),
    to: '1m',
    look: (place) => async () => {
      await send(place, large);
      return (await metric(place, 'weir_dvr_gaps_total')) > 0;
    },
    before: false,
    after: true,
  },
  'vhost dvr dvr_keep_days': {
    beside: block(),
    look: (place) => async () => {
      await send(place);
      return existsSync(join(place.folder, place.vhost, 'live', 'old.flv'));
    },
    before: true,
    after: false,
  },
  'vhost dvr dvr_keep_size': {
    beside: block(),
    to: '1m',
    look: (place) => {
      const names: string[] = [];
      return async () => {
        names.push(await send(place, large));
        return filesOf(place, `"stream":"${names[0] ?? ''}"`).every((name) => existsSync(name));
      };
    },
    before: true,
    after: false,
  },
};
