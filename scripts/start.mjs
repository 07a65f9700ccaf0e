// `npm start [-- FILE]`: sets up, starts the server with conf/weir.conf or the given file, publishes the sample to it in a
// loop, and says how to go on.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { say, setUp } from './setup.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const config = process.argv[2] ?? join('conf', 'weir.conf');
const defaultPort = 1935;
const defaultHttpPort = 8080;
const startTimeout = 20_000;
const pollInterval = 50;

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

function ownAddress() {
  const addresses = Object.values(networkInterfaces()).flat();
  return addresses.find((address) => address && address.family === 'IPv4' && !address.internal)?.address;
}

function explain(port, http) {
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

/** A process group of its own: Ctrl-C reaches this script alone, which then ends both in their order, once. */
function launch(command, args, stdout) {
  const child = spawn(command, args, { cwd: root, detached: true, stdio: ['ignore', stdout, 'inherit'] });
  const ended = new Promise((resolve) => {
    child.on('error', (error) => {
      console.error(`weir: ${command}: ${error.message}`);
      resolve(1);
    });
    child.on('exit', (status) => resolve(status ?? 1));
  });
  return { child, ended, stop: () => child.exitCode === null && child.kill('SIGTERM') };
}

/** Whether some program listens, as the kernel lists it: a connection to find out would be a client for the server. */
function isTaken(port) {
  const listening = `:${port.toString(16).toUpperCase().padStart(4, '0')} `;
  const state = '0A';
  return ['/proc/net/tcp', '/proc/net/tcp6']
    .filter(existsSync)
    .flatMap((table) => readFileSync(table, 'utf8').split('\n'))
    .map((line) => line.trim().split(/\s+/))
    .some(([, local = '', , found]) => found === state && `${local} `.endsWith(listening));
}

/** Resolves to whether the server listens; false when it has ended instead. */
async function isListening(port, server) {
  const end = performance.now() + startTimeout;
  while (server.child.exitCode === null && performance.now() < end) {
    if (isTaken(port)) return true;
    await delay(pollInterval);
  }
  return false;
}

function publishSample(port, http) {
  const url = `rtmp://127.0.0.1:${port}/live/sample`;
  const args = ['publish', url, '--file', join('share', 'sample.flv'), '--retry', '1', '--quiet', '--events'];
  const publisher = launch(join(root, 'build', 'Release', 'weir-load'), args, 'pipe');
  createInterface({ input: publisher.child.stdout }).on('line', (line) => {
    if (JSON.parse(line).event === 'publishing') explain(port, http);
  });
  return publisher;
}

async function main() {
  await setUp();
  say(`starting with ${config}`);
  const [port, http] = portsOf(readFileSync(resolve(root, config), 'utf8'));
  const taken = [port, http].find((one) => one !== undefined && isTaken(one));
  if (taken) throw new Error(`port ${taken} is in use by another program`);
  // Not before: the build makes it.
  const { nodeFlags } = await import('../dist/src/process/node_flags.js');
  const args = [...nodeFlags, join('dist', 'src', 'main.js'), '-c', config];
  const server = launch(process.execPath, args, 'inherit');
  let publisher;
  const stop = () => {
    publisher?.stop();
    server.stop();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
  process.on('exit', stop);
  if (await isListening(port, server)) publisher = publishSample(port, http);
  const status = await server.ended;
  publisher?.stop();
  await publisher?.ended;
  process.exitCode = status;
}

try {
  await main();
} catch (error) {
  console.error(`weir: ${error.message}`);
  process.exitCode = 1;
}
