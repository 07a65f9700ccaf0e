// weir itself, from the build of this checkout.
import { join } from 'node:path';
import { nodeFlags } from '../../src/process/node_flags.js';
import { root } from '../lib/paths.js';
import { launch, type HlsSettings, type Ports, type Settings, type Subject } from './subject.js';

function hlsBlock({ storage, path, fragmentSeconds, windowSeconds }: HlsSettings): string {
  const lines = [
    'enabled on;',
    `hls_storage ${storage};`,
    path === undefined ? '' : `hls_path ${path};`,
    `hls_fragment ${fragmentSeconds};`,
    `hls_window ${windowSeconds};`,
  ];
  return `hls { ${lines.filter(Boolean).join(' ')} }`;
}

function configuration(ports: Ports, folder: string, settings: Settings): string {
  const { mwLatency, threads = 1, maxConnections = 15_000, queueLength, hls, dvr, forward } = settings;
  const vhost = [
    'gop_cache on;',
    mwLatency === undefined ? '' : `mw_latency ${mwLatency};`,
    queueLength === undefined ? '' : `queue_length ${queueLength};`,
    hls === undefined ? '' : hlsBlock(hls),
    forward === undefined ? '' : `forward ${forward.join(' ')};`,
    dvr === undefined ? '' : `dvr { enabled on; dvr_apply ${dvr.app}; dvr_path ${dvr.path}; }`,
  ];
  return [
    `listen 127.0.0.1:${ports.rtmp};`,
    `http_server { enabled on; listen 127.0.0.1:${ports.http}; }`,
    `threads ${threads};`,
    `max_connections ${maxConnections};`,
    'srs_log_tank file;',
    `srs_log_file ${join(folder, 'weir.log')};`,
    `pid ${join(folder, 'weir.pid')};`,
    `vhost __defaultVhost__ { ${vhost.filter(Boolean).join(' ')} }`,
    '',
  ].join('\n');
}

export function startWeir(settings: Settings): Promise<Subject> {
  return launch({
    name: 'weir',
    command: process.execPath,
    args: (file) => [...nodeFlags, join(root, 'dist', 'src', 'main.js'), '-c', file],
    configuration: (ports, folder) => configuration(ports, folder, settings),
  });
}
