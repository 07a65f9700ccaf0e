// `npm start`: sets up and runs the demo (scripts/demo.mjs). `npm start -- FILE`: one server with this configuration, to which the
// sample is published in a loop. `npm start -- --demo FILE FILE`: the demo with other files.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { runDemo } from './demo.mjs';
import { atTheEnd, isListening, launch, launchWeir, needPorts, ownAddress, root } from './processes.mjs';
import { say, setUp } from './setup.mjs';

const demoFiles = [join('conf', 'demo.conf'), join('conf', 'demo.19350.conf')];
const defaultPort = 1935;
const defaultHttpPort = 8080;

const httpBlocks = /\bhttp_(\w+)\s*\{([^}]*)\}/g;

/** The port of the first `listen`, without the address that may stand before it. */
function firstPort(text, usual) {
  const [, port] = /(?:^|[;{\s])listen\s+(?:[^\s;]*:)?(\d+)/.exec(text) ?? [];
  return Number(port ?? usual);
}

/** Where RTMP clients connect, and where browsers do; the latter undefined where that is off. */
function portsOf(config) {
  const text = config.replace(/#.*/g, '');
  const server = [...text.matchAll(httpBlocks)].find(([, name]) => name === 'server' || name === 'stream')?.[2] ?? '';
  const http = /\benabled\s+on\b/.test(server) ? firstPort(server, defaultHttpPort) : undefined;
  return [firstPort(text.replace(httpBlocks, ''), defaultPort), http];
}

function explain(config, port, http) {
  const suffix = port === defaultPort ? '' : `:${port}`;
  const live = `rtmp://127.0.0.1${suffix}/live`;
  const outside = ownAddress();
  const lines = [
    '',
    '  a sample stream is on the air.',
    ...(http ? ['  watch it in a browser:', `      http://127.0.0.1:${http}/`] : []),
    '  or play it with any of:',
    `      ffplay ${live}/sample`,
    `      vlc ${live}/sample`,
    `      rtmpdump -v -r ${live}/sample -o - | mpv -`,
    ...(outside ? ['  from another machine:', `      rtmp://${outside}${suffix}/live/sample`] : []),
    ...(outside && http ? [`      http://${outside}:${http}/`] : []),
    '',
    '  publish your own:',
    `      OBS: Settings > Stream > Custom, server ${live}, stream key mine`,
    `      ffmpeg -re -i FILE -c:v libx264 -c:a aac -f flv ${live}/mine`,
    `      then play ${live}/mine`,
    '',
    `  configuration: ${config}; every directive: conf/full.conf. Ctrl-C ends it.`,
    '',
  ];
  console.log(lines.join('\n'));
}

function publishSample(config, port, http) {
  const url = `rtmp://127.0.0.1:${port}/live/sample`;
  const args = ['publish', url, '--file', join('share', 'sample.flv'), '--retry', '1', '--quiet', '--events'];
  const publisher = launch(join(root, 'build', 'Release', 'weir-load'), args, 'pipe');
  createInterface({ input: publisher.child.stdout }).on('line', (line) => {
    if (JSON.parse(line).event === 'publishing') explain(config, port, http);
  });
  return publisher;
}

/** One server, with the sample on the air. Resolves to its status. */
async function runOne(config) {
  say(`starting with ${config}`);
  const [port, http] = portsOf(readFileSync(resolve(root, config), 'utf8'));
  needPorts([port, http]);
  const server = await launchWeir(['-c', config]);
  let publisher;
  const stop = () => {
    publisher?.stop();
    server.stop();
  };
  atTheEnd(stop);
  if (await isListening(port, server)) publisher = publishSample(config, port, http);
  const status = await server.ended;
  publisher?.stop();
  await publisher?.ended;
  return status;
}

try {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { demo: { type: 'boolean' } } });
  await setUp();
  const [config, second] = positionals;
  const isDemo = values.demo === true || config === undefined;
  process.exitCode = await (isDemo ? runDemo(config ?? demoFiles[0], second ?? demoFiles[1]) : runOne(config));
} catch (error) {
  console.error(`weir: ${error.message}`);
  process.exitCode = 1;
}
