// Blocks of a vhost that make something of a stream: HLS, HDS, recordings, HTTP.

import { one } from '../table.js';
import * as v from '../values.js';
import { enabled } from './rows.js';

const onOff = (doc: string, since: 'SRS 1.0' | 'SRS 2.0', initially: 'on' | 'off') =>
  one(v.flag, { doc, since, default: initially, reload: 'live', probe: initially === 'on' ? 'off' : 'on' });

const template = (doc: string, initially: string, probe: string) =>
  one(v.path, { doc, since: 'SRS 2.0', default: initially, reload: 'live', probe });

const htmlDir = './objs/nginx/html';

export const hlsSchema = {
  enabled: enabled('SRS 0.9'),
  hls_path: one(v.path, {
    doc: 'Directory that the playlists and fragments are written to.',
    since: 'SRS 0.9',
    default: htmlDir,
    reload: 'live',
    probe: './objs/hls',
  }),
  hls_fragment: one(v.seconds(0.1), {
    doc: 'Length of a fragment; it ends at the next key frame.',
    since: 'SRS 0.9',
    default: '10',
    reload: 'live',
    probe: '2',
  }),
  hls_window: one(v.seconds(1), {
    doc: 'How much of the stream a playlist lists.',
    since: 'SRS 0.9',
    default: '60',
    reload: 'live',
    probe: '30',
  }),
  hls_on_error: one(v.choice('ignore', 'disconnect', 'continue'), {
    doc: 'When HLS fails: ignore stops HLS until the next publish, disconnect closes the publisher, continue tries on.',
    since: 'SRS 1.0',
    default: 'ignore',
    reload: 'live',
    probe: 'continue',
  }),
  hls_storage: one(v.choice('disk', 'ram', 'memory', 'both'), {
    doc: 'Where fragments are kept; ram and memory are the same.',
    since: 'SRS 2.0',
    reload: 'live',
    probe: 'memory',
  }),
  hls_mount: template('Where fragments in memory are served.', '[vhost]/[app]/[stream].m3u8', '[app]/[stream].m3u8'),
  hls_td_ratio: one(v.number('ratio', { min: 1, max: 10 }), {
    doc: 'EXT-X-TARGETDURATION is at least the fragment length times this.',
    since: 'SRS 2.0',
    default: '1.5',
    reload: 'live',
    probe: '1.2',
  }),
  hls_aof_ratio: one(v.number('ratio', { min: 1, max: 100 }), {
    doc: 'A stream without video is cut when a fragment is this many times too long.',
    since: 'SRS 2.0',
    default: '2.0',
    reload: 'live',
    probe: '1.5',
  }),
  hls_m3u8_file: template('Name of a playlist below hls_path.', '[app]/[stream].m3u8', '[vhost]/[app]/[stream].m3u8'),
  hls_ts_file: template('Name of a fragment below hls_path.', '[app]/[stream]-[seq].ts', '[app]/[stream]/[seq].ts'),
  hls_acodec: one(v.choice('aac', 'mp3', 'an'), {
    doc: 'The audio codec that is announced before the first audio came.',
    since: 'SRS 2.0',
    default: 'aac',
    reload: 'live',
    probe: 'mp3',
  }),
  hls_vcodec: one(v.choice('h264', 'vn'), {
    doc: 'The video codec that is announced before the first video came.',
    since: 'SRS 2.0',
    default: 'h264',
    reload: 'live',
    probe: 'vn',
  }),
  hls_cleanup: onOff('Remove fragments that no playlist lists any more.', 'SRS 2.0', 'on'),
  hls_dispose: one(v.seconds(), {
    doc: 'Remove the files of a stream so long after its publisher left; 0 keeps them.',
    since: 'SRS 2.0',
    default: '0',
    reload: 'live',
    probe: '10',
  }),
  hls_wait_keyframe: onOff('Cut only at key frames.', 'SRS 2.0', 'on'),
};

export const hdsSchema = {
  enabled: enabled('SRS 2.0'),
  hds_path: template('Directory that the files are written to.', htmlDir, './objs/hds'),
  hds_fragment: one(v.seconds(0.1), {
    doc: 'Length of a fragment.',
    since: 'SRS 2.0',
    default: '10',
    reload: 'live',
    probe: '5',
  }),
  hds_window: one(v.seconds(1), {
    doc: 'How much of the stream is listed.',
    since: 'SRS 2.0',
    default: '60',
    reload: 'live',
    probe: '30',
  }),
};

export const dvrSchema = {
  enabled: enabled('SRS 1.0'),
  dvr_path: one(v.path, {
    doc: 'Directory or file name of the recordings.',
    since: 'SRS 1.0',
    default: htmlDir,
    reload: 'live',
    probe: './objs/dvr',
  }),
  dvr_plan: one(v.choice('session', 'segment', 'append'), {
    doc: 'session: a file for each publish; segment: a new file every dvr_duration; append: one file for all.',
    since: 'SRS 1.0',
    default: 'session',
    reload: 'live',
    probe: 'segment',
  }),
  dvr_duration: one(v.seconds(1), {
    doc: 'Length of a file of dvr_plan segment.',
    since: 'SRS 1.0',
    default: '30',
    reload: 'live',
    probe: '10',
  }),
  dvr_wait_keyframe: onOff('Begin a file at a key frame.', 'SRS 1.0', 'on'),
  time_jitter: one(v.choice('full', 'zero', 'off'), {
    doc: 'How timestamps in the files are corrected.',
    since: 'SRS 1.0',
    default: 'full',
    reload: 'live',
    probe: 'zero',
  }),
};

export const httpMountSchema = {
  enabled: enabled('SRS 1.0'),
  mount: one(v.path, {
    doc: 'Path of the URL below which the files stand.',
    since: 'SRS 1.0',
    default: '/',
    reload: 'live',
    probe: '/files',
  }),
  dir: one(v.path, {
    doc: 'Directory of the files.',
    since: 'SRS 1.0',
    default: htmlDir,
    reload: 'live',
    probe: './objs/html',
  }),
};

export const httpRemuxSchema = {
  enabled: enabled('SRS 2.0'),
  mount: template('Path of the URL of a stream.', '[vhost]/[app]/[stream].flv', '[vhost]/[app]/[stream].ts'),
  fast_cache: one(v.seconds(), {
    doc: 'How much of an audio stream a new listener gets at once.',
    since: 'SRS 2.0',
    default: '0',
    reload: 'live',
    probe: '30',
  }),
  hstrs: onOff('An edge fetches a stream when a viewer asks for it by HTTP.', 'SRS 2.0', 'on'),
};
