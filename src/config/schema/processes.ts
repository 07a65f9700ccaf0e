// What runs ffmpeg: transcode of a vhost, and the engine that ingest has, too.

import { blocks, freeBlock, one } from '../table.js';
import * as v from '../values.js';
import { enabled } from './rows.js';

const whole = (what: string, doc: string, probe: string) =>
  one(v.int(what, { min: 0, max: 1_000_000 }), { doc, since: 'SRS 0.9', default: '0', reload: 'live', probe });

const word = (what: string, doc: string, probe: string) =>
  one(v.text(what), { doc, since: 'SRS 0.9', reload: 'live', probe });

const format = (doc: string, usual: 'flv' | 'off' = 'flv') =>
  one(v.text('format | off'), {
    ...{ doc, since: 'SRS 1.0', default: usual, reload: 'live' },
    probe: usual === 'off' ? 'flv' : 'off',
  });

const restarts = (doc: string, usual: string) =>
  one(v.int('count', { min: 0, max: 1_000_000 }), { doc, since: 'weir', default: usual, reload: 'live', probe: '2' });

export const ffmpeg = one(v.path, {
  doc: 'Path of the ffmpeg program.',
  since: 'SRS 0.9',
  reload: 'live',
  probe: '/usr/bin/ffmpeg',
});

const extra = (doc: string, ...example: string[]) => freeBlock({ doc, since: 'SRS 0.9', example });

const engineSchema = {
  enabled: enabled('SRS 0.9'),
  iformat: format('Format of the input; off leaves it to ffmpeg.'),
  vfilter: extra('Arguments behind the input: each line is an option and its value.', "vf 'hflip'"),
  vcodec: word('codec', 'Video codec: any encoder of the ffmpeg, copy, or vn for none.', 'libx264'),
  vbitrate: whole('kbps', 'Bitrate of the video.', '300'),
  vfps: one(v.number('fps', { min: 0, max: 1000 }), {
    doc: 'Frames per second.',
    since: 'SRS 0.9',
    default: '0',
    reload: 'live',
    probe: '20',
  }),
  vwidth: whole('pixels', 'Width of the picture.', '768'),
  vheight: whole('pixels', 'Height of the picture.', '320'),
  vthreads: whole('count', 'Threads of the video encoder.', '2'),
  vprofile: word('profile', 'Profile of the video: baseline, main, high.', 'baseline'),
  vpreset: word('preset', 'Preset of the encoder: ultrafast to veryslow.', 'superfast'),
  vparams: extra('More arguments for the video encoder.', 't 100', 'coder 1'),
  acodec: word('codec', 'Audio codec: any encoder of the ffmpeg, copy, or an for none.', 'aac'),
  abitrate: whole('kbps', 'Bitrate of the audio.', '45'),
  asample_rate: whole('Hz', 'Sample rate of the audio.', '44100'),
  achannels: one(v.int('count', { min: 0, max: 2 }), {
    doc: 'Channels of the audio.',
    since: 'SRS 0.9',
    default: '0',
    reload: 'live',
    probe: '2',
  }),
  aparams: extra('More arguments for the audio encoder.', 'profile:a aac_low'),
  oformat: format('Format of the output; off leaves it to ffmpeg.'),
  output: word(
    'url',
    'Where the result is published; [vhost] [port] [app] [stream] [engine] are replaced.',
    'rtmp://127.0.0.1:[port]/[app]?vhost=[vhost]/[stream]_[engine]',
  ),
  nice: one(v.int('niceness', { min: 0, max: 19 }), {
    doc: 'How much other processes go before it; the server itself runs at 0.',
    since: 'weir',
    default: '5',
    reload: 'live',
    probe: '10',
  }),
  max_restarts: restarts(
    'So often in a row ffmpeg is started again, later each time; a run of 20 s makes the count anew. Then the engine is given up until the next publish or reload of it.',
    '10',
  ),
};

const label = { usage: 'name', required: false, unique: true, example: 'example' } as const;
const about = { doc: 'One ffmpeg process and what it makes.', since: 'SRS 0.9' } as const;

const engine = blocks(label, about, engineSchema);

/** What is fetched has any format, and a source may be away for days. */
export const ingestEngine = blocks(label, about, {
  ...engineSchema,
  iformat: format('Format of the input; off leaves it to ffmpeg.', 'off'),
  max_restarts: restarts(
    'So often in a row ffmpeg is started again, later each time, at last every half minute; a run of 20 s makes the count anew. Then it is given up until it is changed.',
    '1000000',
  ),
});

export const transcodeSchema = { enabled: enabled('SRS 0.9'), ffmpeg, engine };
