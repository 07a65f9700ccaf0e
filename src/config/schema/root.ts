// Directives at the top of the file.

import { block, blocks, list, one } from '../table.js';
import * as v from '../values.js';
import { httpApiSchema } from './http_api.js';
import { enabled } from './rows.js';
import { vhostSchema } from './vhost.js';

const logLevels = v.choice('trace', 'debug', 'info', 'warn', 'error');
/** SRS counts its levels one lower: its everyday level `trace` is our `info`. */
const srsLogLevels = v.choice('verbose', 'info', 'trace', 'warn', 'error');

const pithy = (stage: string, since: 'SRS 0.9' | 'SRS 1.0', needs?: string) =>
  one(v.milliseconds(100), {
    doc: `Time between two summary lines about ${stage}, however many of them there are.`,
    since,
    default: '10000',
    reload: 'live',
    probe: '2000',
    tunes: true,
    ...(needs !== undefined && { needs }),
  });

export const rootSchema = {
  listen: list(v.endpoint, {
    doc: 'Where RTMP clients connect. A bare port listens on every IPv4 address; write [::]:1935 for IPv6. May stand several times.',
    since: 'SRS 0.9',
    default: '1935',
    reload: 'live',
    probe: '1936',
    repeats: true,
    distinct: true,
  }),
  threads: one(v.threads, {
    doc: 'Number of reactor threads that serve connections; auto is one for each core.',
    since: 'weir',
    default: '1',
    reload: 'restart: a connection stays with the thread that took it',
    probe: '2',
  }),
  max_connections: one(v.count('connections'), {
    doc: 'Connections at the same time, in total. One more is closed at once. The limit of open files (nofile) must leave room for it.',
    since: 'SRS 0.9',
    default: '1000',
    reload: 'live',
    probe: '2000',
  }),
  chunk_size: one(v.int('bytes', { min: 128, max: 65536 }), {
    doc: 'Size of the RTMP chunks that are sent. Large chunks cost less.',
    since: 'SRS 0.9',
    default: '60000',
    reload: 'live',
    probe: '4096',
  }),
  log: one(v.logTarget, {
    doc: 'Where the log goes: console (readable on a terminal, JSON lines elsewhere) or the path of a file (JSON lines; SIGHUP opens it again). Default: console, unless srs_log_tank or srs_log_file ask for a file; ./objs/weir.log with daemon on.',
    since: 'weir',
    reload: 'live',
    probe: './objs/weir.log',
  }),
  log_level: one(logLevels, {
    doc: 'The least severe line that is logged. Default: info, unless srs_log_level says otherwise.',
    since: 'weir',
    reload: 'live',
    probe: 'debug',
  }),
  srs_log_tank: one(v.choice('file', 'console'), {
    doc: 'As in SRS: file logs to srs_log_file. The directive log goes before it.',
    since: 'SRS 1.0',
    reload: 'live',
    probe: 'console',
  }),
  srs_log_level: one(srsLogLevels, {
    doc: 'As in SRS: verbose, info and trace are the levels trace, debug and info of log_level, which goes before it.',
    since: 'SRS 1.0',
    reload: 'live',
    probe: 'warn',
  }),
  srs_log_file: one(v.path, {
    doc: 'As in SRS: the file for srs_log_tank file; ./objs/srs.log when only that is written. The directive log goes before it.',
    since: 'SRS 1.0',
    reload: 'live',
    probe: './objs/other.log',
  }),
  pid: one(v.path, {
    doc: 'File that holds the process id while the server runs; a second server with the same file refuses to start. Without it none is written, but for daemon on: ./objs/weir.pid.',
    since: 'SRS 1.0',
    reload: 'restart: the file is locked for the life of the process',
    probe: './objs/weir.pid',
  }),
  daemon: one(v.flag, {
    doc: 'Go to the background once the server listens. Off by default, unlike SRS: systemd and containers want the foreground.',
    since: 'SRS 1.0',
    default: 'off',
    reload: 'restart: a process cannot return to the foreground',
    probe: 'on',
  }),
  watch_config: one(v.flag, {
    doc: 'Reload when the configuration file has changed: written, renamed over, or another one behind a link. It is read when it was left alone for half a second.',
    since: 'weir',
    default: 'off',
    reload: 'live',
    probe: 'on',
  }),
  drain_wait: one(v.seconds(), {
    doc: 'How long clients may stay after SIGQUIT or POST /api/v1/drain: nobody new is taken, those that announced that they can are asked to reconnect, and the server ends when all have gone or the time is over.',
    since: 'weir',
    default: '30',
    reload: 'live',
    probe: '60',
  }),
  log_memory: one(v.size('1m'), {
    doc: 'Memory that the logs of one stream may take. Beyond it slow players are skipped ahead, then the GOP is given up.',
    since: 'weir',
    default: '64m',
    reload: 'live',
    probe: '32m',
  }),
  memory_limit: one(v.memoryLimit, {
    doc: 'Memory that all logs together may take: bytes, or a percentage of the smaller of RAM and the limit of the cgroup. At the limit publishers are refused.',
    since: 'weir',
    default: '40%',
    reload: 'live',
    probe: '512m',
  }),
  pithy_print: block(
    { doc: 'How often each stage logs its summary line. A stage with nothing to tell is silent.', since: 'SRS 0.9' },
    {
      publish: pithy('publishers', 'SRS 0.9'),
      play: pithy('players', 'SRS 0.9'),
      forwarder: pithy('forwards', 'SRS 0.9'),
      encoder: pithy('transcodes', 'SRS 0.9'),
      hls: pithy('HLS', 'SRS 0.9'),
      ingester: pithy('ingests', 'SRS 1.0'),
      edge: pithy('edges', 'SRS 1.0', 'edge'),
    },
  ),
  ff_log_dir: one(v.path, {
    doc: 'Directory for the logs of ffmpeg processes; /dev/null for none.',
    since: 'SRS 0.9',
    default: './objs',
    aliases: ['log_dir'],
    reload: 'live',
    probe: './objs/ffmpeg',
    tunes: true,
  }),
  heartbeat: block(
    { doc: 'Tells another server regularly that this one lives.', since: 'SRS 1.0' },
    {
      enabled: enabled('SRS 1.0'),
      interval: one(v.seconds(0.1), {
        doc: 'Time between two of them.',
        since: 'SRS 1.0',
        default: '9.9',
        reload: 'live',
        probe: '1.5',
      }),
      url: one(v.httpUrl, {
        doc: 'Where they are posted.',
        since: 'SRS 1.0',
        default: 'http://127.0.0.1:8085/api/v1/servers',
        reload: 'live',
        probe: 'http://127.0.0.1:8086/api/v1/servers',
      }),
      device_id: one(v.text('id'), {
        doc: 'How this server calls itself there.',
        since: 'SRS 1.0',
        reload: 'live',
        probe: 'device-1',
      }),
      summaries: one(v.flag, {
        doc: 'Send the figures of /api/v1/summaries along.',
        since: 'SRS 1.0',
        default: 'off',
        reload: 'live',
        probe: 'on',
      }),
    },
  ),
  stats: block(
    { doc: 'What the figures about the system are taken from.', since: 'SRS 1.0' },
    {
      network: one(v.int('index', { min: 0, max: 255 }), {
        doc: 'Which of the IPv4 addresses the heartbeat reports, counted from 0: those of the outside first.',
        since: 'SRS 1.0',
        default: '0',
        reload: 'live',
        probe: '1',
        tunes: true,
      }),
      disk: list(v.text('device'), {
        doc: 'Disks that are measured, as /proc/diskstats names them.',
        since: 'SRS 1.0',
        reload: 'live',
        probe: 'sda',
        tunes: true,
      }),
    },
  ),
  http_api: block(
    {
      doc: 'The HTTP API: JSON below /api/v1, Prometheus metrics at /metrics. On an address that others reach it needs auth or token.',
      since: 'SRS 1.0',
    },
    httpApiSchema,
  ),
  http_server: block(
    {
      doc: 'Delivery over HTTP: a stream that is published as app/stream plays at http://HOST:8080/app/stream.flv, and over WebSocket at ws://HOST:8080/app/stream.flv.',
      since: 'SRS 1.0',
      aliases: ['http_stream'],
    },
    {
      enabled: enabled('SRS 1.0'),
      listen: one(v.endpoint, {
        doc: 'Where it listens.',
        since: 'SRS 1.0',
        default: '8080',
        reload: 'live',
        probe: '8081',
      }),
      dir: one(v.path, {
        doc: 'Directory of the files that are served beside the streams; what it has hides a page of weir with the same name. At most 10000 files, 256 of them above 1m; none whose name begins with a dot, and none that HLS writes there.',
        since: 'SRS 1.0',
        default: './objs/nginx/html',
        reload: 'live',
        probe: './objs/html',
      }),
      stream_list: one(v.flag, {
        doc: 'Serve /streams.json, a list of all streams that are live, for everybody. The home page shows it.',
        since: 'weir',
        default: 'off',
        reload: 'live',
        probe: 'on',
      }),
      crossdomain: one(v.flag, {
        doc: 'Allow pages of other origins to fetch from it.',
        since: 'SRS 2.0',
        default: 'on',
        reload: 'live',
        probe: 'off',
      }),
    },
  ),
  vhost: blocks(
    { usage: 'name', required: true, unique: true, example: '__defaultVhost__' },
    {
      doc: 'A virtual host: its streams and their rules. Clients of an unknown name get __defaultVhost__; where that is missing too they are refused. A file without any vhost has one __defaultVhost__ with all defaults.',
      since: 'SRS 0.9',
    },
    vhostSchema,
  ),
};
