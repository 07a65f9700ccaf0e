// The block `dvr` of a vhost.

import { templateVariables } from '../name_template.js';
import { list, one } from '../table.js';
import * as v from '../values.js';
import { enabled } from './rows.js';

const variables = templateVariables.filter((name) => name !== 'seq' && name !== 'duration');

/** A path in which brackets stand for variables; it can't leave what stands before the first of them. */
const recordingPath: v.ValueType<string> = {
  usage: 'path',
  expects: `a path without ".."; variables are ${variables.map((name) => `[${name}]`).join(' ')}`,
  read: (text) => {
    const used = [...text.matchAll(/\[([^\]]*)\]/g)].map(([, name = '']) => name);
    const isKnown = used.every((name) => (variables as readonly string[]).includes(name));
    return isKnown && text !== '' && !text.split('/').includes('..') ? text : undefined;
  },
};

export const dvrSchema = {
  enabled: enabled('SRS 1.0'),
  dvr_apply: list(v.text('app or app/stream'), {
    doc: 'What is recorded: all, the streams of an app, or app/stream.',
    since: 'SRS 2.0',
    default: 'all',
    reload: 'live',
    probe: 'live/livestream',
  }),
  dvr_path: one(recordingPath, {
    doc: 'Name of the files: [vhost] [app] [stream], the local time at their beginning as [2006] [01] [02] [15] [04] [05] [999], and [timestamp] (milliseconds since 1970). A directory: files in it are called [app]/[stream].[timestamp]. A name that is taken gets a number; none is overwritten.',
    since: 'SRS 1.0',
    default: './objs/nginx/html',
    reload: 'live',
    probe: './objs/dvr/[app]/[stream].[2006]-[01]-[02]T[15].[04].[05].flv',
  }),
  dvr_plan: one(v.choice('session', 'segment', 'append'), {
    doc: 'session: a file for each publish; segment: a new file every dvr_duration; append: one file for all (FLV only).',
    since: 'SRS 1.0',
    default: 'session',
    reload: 'live',
    probe: 'segment',
  }),
  dvr_duration: one(v.seconds(1), {
    doc: 'Length of a file of dvr_plan segment; it ends at the next key frame.',
    since: 'SRS 1.0',
    default: '30',
    reload: 'live',
    probe: '10',
  }),
  dvr_wait_keyframe: one(v.flag, {
    doc: 'Begin a file at a key frame.',
    since: 'SRS 1.0',
    default: 'on',
    reload: 'live',
    probe: 'off',
  }),
  time_jitter: one(v.choice('full', 'zero', 'off'), {
    doc: 'Timestamps in the files: full starts near 0 and bridges jumps, zero only starts near 0, off has those of the stream.',
    since: 'SRS 1.0',
    default: 'full',
    reload: 'live',
    probe: 'zero',
  }),
  dvr_format: one(v.choice('flv', 'mp4', 'ts'), {
    doc: 'flv carries every codec and gets an index of its key frames; mp4 is fragmented MP4, which can be played as far as it was written; so can ts. Default: what dvr_path ends with, else flv.',
    since: 'weir',
    reload: 'live',
    probe: 'mp4',
  }),
  dvr_backlog: one(v.size('1m'), {
    doc: 'How much of a stream may wait in memory for a disk that is slow. Beyond it the recording has a gap, which is counted and logged; players and publishers never wait.',
    since: 'weir',
    default: '16m',
    reload: 'live',
    probe: '4m',
  }),
  dvr_keep_days: one(v.number('days', { min: 0.001, max: 36500 }), {
    doc: 'Recordings of the vhost that are older are removed. Default: none is.',
    since: 'weir',
    reload: 'live',
    probe: '30',
  }),
  dvr_keep_size: one(v.size('1m'), {
    doc: 'When recordings of the vhost take more bytes than this the oldest are removed. Default: none is.',
    since: 'weir',
    reload: 'live',
    probe: '100g',
  }),
};
