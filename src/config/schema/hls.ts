// The block `hls` of a vhost.

import { nameTemplate, ofStream } from '../name_template.js';
import { one } from '../table.js';
import * as v from '../values.js';
import { enabled } from './rows.js';

const playlistName = nameTemplate({ ending: '.m3u8', oneOf: [['stream']], allowed: ofStream });
const fragmentName = nameTemplate({ ending: '.ts', oneOf: [['stream'], ['seq', 'timestamp']] });

export const hlsSchema = {
  enabled: enabled('SRS 0.9'),
  hls_path: one(v.path, {
    doc: 'Directory that the playlists and fragments are written to. Default: ./objs/nginx/html where hls_storage asks for files.',
    since: 'SRS 0.9',
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
    doc: 'How much of the stream a playlist lists; three target durations at least.',
    since: 'SRS 0.9',
    default: '60',
    reload: 'live',
    probe: '30',
  }),
  hls_on_error: one(v.choice('ignore', 'disconnect', 'continue'), {
    doc: 'When a file cannot be written: ignore writes no more of this stream until the next publish, disconnect closes the publisher, continue leaves a gap in the playlist and tries on. What is served from memory goes on.',
    since: 'SRS 1.0',
    default: 'ignore',
    reload: 'live',
    probe: 'continue',
  }),
  hls_storage: one(v.choice('disk', 'ram', 'memory', 'both'), {
    doc: 'Where fragments are kept; ram and memory are the same. Default: both where hls_path is written, else memory. http_server serves all of them.',
    since: 'SRS 2.0',
    reload: 'live',
    probe: 'memory',
  }),
  hls_mount: one(playlistName, {
    doc: 'Path of the URL of a playlist. With [vhost] in front it is for requests of that vhost, without for those of any host.',
    since: 'SRS 2.0',
    default: '[vhost]/[app]/[stream].m3u8',
    reload: 'live',
    probe: '[app]/[stream].m3u8',
  }),
  hls_td_ratio: one(v.number('ratio', { min: 1, max: 10 }), {
    doc: 'EXT-X-TARGETDURATION is the fragment length times this, rounded up; it is raised when a fragment is longer.',
    since: 'SRS 2.0',
    default: '1.5',
    reload: 'live',
    probe: '1.2',
  }),
  hls_aof_ratio: one(v.number('ratio', { min: 1, max: 100 }), {
    doc: 'A fragment without a key frame (a stream without video; with hls_wait_keyframe off also a long GOP) is cut when it is this many times hls_fragment long. Default: as long as the target duration allows, at most 2.',
    since: 'SRS 2.0',
    reload: 'live',
    probe: '1.5',
  }),
  hls_m3u8_file: one(playlistName, {
    doc: 'Name of a playlist below hls_path: [vhost], [app] and [stream] are replaced.',
    since: 'SRS 2.0',
    default: '[app]/[stream].m3u8',
    reload: 'live',
    probe: '[vhost]/[app]/[stream].m3u8',
  }),
  hls_ts_file: one(fragmentName, {
    doc: 'Name of a fragment below hls_path: also [seq] (its sequence number), [duration] and [timestamp] (milliseconds), and the local time at its beginning, [2006] [01] [02] [15] [04] [05] [999]. With hls_segment_type fmp4 it ends with .m4s instead.',
    since: 'SRS 2.0',
    default: '[app]/[stream]-[seq].ts',
    reload: 'live',
    probe: '[app]/[stream]/[seq].ts',
  }),
  hls_segment_type: one(v.choice('ts', 'fmp4'), {
    doc: 'MPEG-TS plays everywhere with H.264 and AAC; fragmented MP4 also carries AV1, and H.265 and Opus for browsers.',
    since: 'weir',
    default: 'ts',
    reload: 'live',
    probe: 'fmp4',
  }),
  hls_low_latency: one(v.flag, {
    doc: 'Low-Latency HLS: fragments are told in parts while they are made, and requests wait for the next one. Served from memory only; files are as without.',
    since: 'weir',
    default: 'off',
    reload: 'live',
    probe: 'on',
  }),
  hls_part: one(v.seconds(0.1), {
    doc: 'Length of a part of Low-Latency HLS, at most hls_fragment. Players stay three parts behind.',
    since: 'weir',
    default: '0.5',
    reload: 'live',
    probe: '1',
  }),
  hls_acodec: one(v.choice('aac', 'mp3', 'an'), {
    doc: 'Accepted, without effect: the codec is that of the stream, and nothing is announced before it came.',
    since: 'SRS 2.0',
    default: 'aac',
    reload: 'live',
    probe: 'mp3',
    inert: true,
  }),
  hls_vcodec: one(v.choice('h264', 'vn'), {
    doc: 'Accepted, without effect: the codec is that of the stream, and nothing is announced before it came.',
    since: 'SRS 2.0',
    default: 'h264',
    reload: 'live',
    probe: 'vn',
    inert: true,
  }),
  hls_cleanup: one(v.flag, {
    doc: 'Remove the files of fragments that no playlist has listed for as long as a player may still fetch them, also those of an earlier run.',
    since: 'SRS 2.0',
    default: 'on',
    reload: 'live',
    probe: 'off',
  }),
  hls_dispose: one(v.seconds(), {
    doc: 'Remove all files of a stream so long after its publisher left; 0 keeps them.',
    since: 'SRS 2.0',
    default: '0',
    reload: 'live',
    probe: '10',
  }),
  hls_wait_keyframe: one(v.flag, {
    doc: 'Cut only at key frames, however rare they are. Off: a fragment that is too long (hls_aof_ratio) is cut in the middle, and does not decode alone.',
    since: 'SRS 2.0',
    default: 'on',
    reload: 'live',
    probe: 'off',
  }),
  hls_memory_limit: one(v.size('1m'), {
    doc: 'Memory that the fragments of one stream may hold, those included that just left the playlist. Beyond it the oldest are given up and the playlist is shorter. That happens, too, when log_memory or memory_limit is near.',
    since: 'weir',
    reload: 'live',
    probe: '32m',
  }),
  hls_grant: one(v.seconds(1), {
    doc: 'How long the answer to whether a viewer may watch is kept, where viewers are asked for. Who is refused then gets nothing more.',
    since: 'weir',
    default: '10',
    reload: 'live',
    probe: '5',
  }),
};
