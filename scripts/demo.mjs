// The demo: the second server, the back end of the hooks, and the first server, which has the streams. Started in this order, so
// that nobody waits for anybody; when one of them ends, all do.
import { mkdirSync, openSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { offerPackages } from './packages.mjs';
import { atTheEnd, isListening, launchWeir, needPorts, ownAddress, root } from './processes.mjs';
import { say } from './setup.mjs';

/** @type {import('./packages.mjs').Need[]} */
const toTranscode = [{ package: 'ffmpeg', command: 'ffmpeg' }];

/** What the file says, and what of it others need. */
async function read(file) {
  const { loadConfig } = await import('../dist/src/config/load.js');
  const { config } = loadConfig(resolve(root, file));
  const [rtmp] = config.listen;
  const { http_server: http, http_api: api } = config;
  const port = (service) => (service.enabled ? service.listen.port : undefined);
  return { file, config, rtmp: rtmp.port, http: port(http), api: port(api) };
}

const suffix = (port, usual) => (port === usual ? '' : `:${port}`);
const usualRtmp = 1935;

function table(origin, forward) {
  const rows = ['livestream', 'livestream_ld', 'livestream_sd'].flatMap((name) => [
    [
      name,
      `rtmp://127.0.0.1${suffix(origin.rtmp, usualRtmp)}/live?vhost=demo/${name}`,
      `http://127.0.0.1:${origin.http}/live/${name}.m3u8?vhost=demo`,
    ],
    [
      '  forwarded',
      `rtmp://127.0.0.1${suffix(forward.rtmp, usualRtmp)}/live/${name}`,
      `http://127.0.0.1:${forward.http}/live/${name}.m3u8`,
    ],
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) => `    ${row.map((cell, column) => cell.padEnd(widths[column])).join('  ')}`.trimEnd());
}

function explain(origin, forward, told) {
  const live = `rtmp://127.0.0.1${suffix(origin.rtmp, usualRtmp)}/live`;
  const outside = ownAddress();
  const lines = [
    '',
    '  the demo is on the air. In a browser:',
    `    http://127.0.0.1:${origin.http}/            all that is live, and players`,
    `    http://127.0.0.1:${origin.api}/console/    streams, clients, figures`,
    `    http://127.0.0.1:${forward.http}/            the second server`,
    ...(outside ? [`    http://${outside}:${origin.http}/            from another machine`] : []),
    '',
    '  or with ffplay, vlc, mpv: a source, two variants that ffmpeg makes of it, and their copies at the second server:',
    ...table(origin, forward),
    `    ${live}/sample`,
    '',
    '  publish your own:',
    `    OBS: Settings > Stream > Custom, server ${live}, stream key mine`,
    `    ffmpeg -re -i FILE -c:v libx264 -c:a aac -f flv ${live}/mine`,
    '',
    `  what the hooks tell their back end: tail -f ${told}`,
    `  configuration: ${origin.file}, ${forward.file}; one server alone: npm start -- conf/weir.conf. Ctrl-C ends it.`,
    '',
  ];
  console.log(lines.join('\n'));
}

/** Resolves to the status of what ended first. */
export async function runDemo(originFile, forwardFile) {
  offerPackages(toTranscode, 'without ffmpeg there are no variants', say);
  const [origin, forward] = await Promise.all([read(originFile), read(forwardFile)]);
  const hooks = new URL(origin.config.vhost.find(({ name }) => name === 'demo').http_hooks.on_publish[0]).port;
  needPorts([origin, forward].flatMap(({ rtmp, http, api }) => [rtmp, http, api]).concat(Number(hooks)));
  const parts = [];
  let isOver = false;
  const stop = async () => {
    if (isOver) return;
    isOver = true;
    // The first server first, and to its end: what it has to say of that reaches the others.
    for (const { running } of parts.toReversed()) {
      running.stop();
      await running.ended;
    }
  };
  atTheEnd(stop);
  const begin = async (name, port, args, output) => {
    if (isOver) return;
    const running = await launchWeir(args, output);
    parts.push({ name, running });
    if (isOver) running.stop();
    void running.ended.then((status) => {
      if (!isOver) console.error(`weir: ${name} has ended with status ${status}; so does the demo`);
      void stop();
    });
    await isListening(port, running);
  };
  say('starting the demo');
  const told = join(origin.config.ff_log_dir, 'hooks-demo.log');
  mkdirSync(resolve(root, dirname(told)), { recursive: true });
  await begin(
    'the back end of the hooks',
    Number(hooks),
    ['hooks-demo', '--port', hooks],
    openSync(resolve(root, told), 'w'),
  );
  await begin('the second server', forward.rtmp, ['-c', forward.file]);
  await begin('the server', origin.rtmp, ['-c', origin.file]);
  if (!isOver) explain(origin, forward, told);
  const statuses = await Promise.all(parts.map(({ running }) => running.ended));
  return statuses.find((status) => status !== 0) ?? 0;
}
