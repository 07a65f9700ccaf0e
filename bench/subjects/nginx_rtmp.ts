// nginx with nginx-rtmp-module as Debian packages it (nginx, libnginx-mod-rtmp): one process, one worker.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { launch, type Settings, type Subject } from './subject.js';

const module = '/usr/lib/nginx/modules/ngx_rtmp_module.so';

function configuration(port: number, folder: string, { maxConnections = 15_000 }: Settings): string {
  return `load_module ${module};
daemon off;
master_process off;
pid ${join(folder, 'nginx.pid')};
error_log ${join(folder, 'error.log')} error;
worker_rlimit_nofile ${maxConnections + 1000};
events { worker_connections ${maxConnections}; }
rtmp {
  access_log off;
  server {
    listen 127.0.0.1:${port};
    chunk_size 60000;
    application live { live on; }
  }
}
`;
}

export function startNginxRtmp(settings: Settings): Promise<Subject> {
  if (!existsSync(module)) throw new Error('nginx-rtmp is not installed (Debian: nginx libnginx-mod-rtmp)');
  return launch({
    name: 'nginx-rtmp',
    command: 'nginx',
    args: (file) => ['-e', 'stderr', '-p', join(file, '..'), '-c', file],
    configuration: ({ rtmp }, folder) => configuration(rtmp, folder, settings),
  });
}
