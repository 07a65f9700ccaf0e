// nginx as Debian packages it, serving the files of a folder over HTTP: one process, one worker, set up as for HLS.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { launch, type Subject } from './subject.js';

const program = '/usr/sbin/nginx';
const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

/** No open_file_cache: it would serve playlists of yesterday. */
function configuration(port: number, folder: string, root: string, maxConnections: number): string {
  return `daemon off;
master_process off;
pid ${join(folder, 'nginx.pid')};
error_log ${join(folder, 'error.log')} error;
worker_rlimit_nofile ${maxConnections + 1000};
events { worker_connections ${maxConnections}; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000;
  keepalive_timeout 75;
  types { application/vnd.apple.mpegurl m3u8; video/mp2t ts; }
  ${temporary.map((name) => `${name}_temp_path ${join(folder, name)};`).join('\n  ')}
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location / { root ${root}; }
  }
}
`;
}

export interface FilesOptions {
  readonly root: string;
  readonly maxConnections?: number;
}

export function startNginxFiles({ root, maxConnections = 15_000 }: FilesOptions): Promise<Subject> {
  if (!existsSync(program)) throw new Error('nginx is not installed (Debian: nginx)');
  return launch({
    name: 'nginx',
    command: program,
    args: (file) => ['-e', 'stderr', '-p', join(file, '..'), '-c', file],
    configuration: ({ http }, folder) => configuration(http, folder, root, maxConnections),
    awaits: 'http',
  });
}
