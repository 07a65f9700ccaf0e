// Makes docs/player.webp and docs/wall.webp: a server, six streams of ffmpeg's gradients with a clock, and Chromium.
// `npm run build` goes before; ffmpeg needs libwebp and freetype.
/* global document -- in the page */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { run } from './setup.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [rtmp, http] = [21935, 28080];
const largest = 150_000;
/** Until the curves of the figures are as long as they get. */
const minute = 62_000;
/** Of each stream: for both pictures. */
const seconds = 110;
const main = 'harbour';

/** Name, and what its picture is made of. */
const streams = {
  harbour: 'c0=0x062a30:c1=0x0b6b78:c2=0x9fd8d0:c3=0xf2e6c9:type=linear',
  stage: 'c0=0x1d1135:c1=0x6b2d5c:c2=0xf0a868:c3=0xf6efe0:type=spiral',
  studio: 'c0=0x0d1b2a:c1=0x1b4965:c2=0x62b6cb:c3=0xcae9ff:type=radial',
  garden: 'c0=0x14281d:c1=0x355834:c2=0x9cae5b:c3=0xf1f2da:type=linear',
  street: 'c0=0x1a1a1d:c1=0x4e4e50:c2=0x950740:c3=0xf3d8c7:type=spiral',
  bridge: 'c0=0x10002b:c1=0x3c096c:c2=0x9d4edd:c3=0xe0aaff:type=circular',
};

const children = [];

function launch(command, args, options) {
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'], ...options });
  children.push(child);
  return child;
}

async function startServer(folder) {
  const config = join(folder, 'weir.conf');
  const lines = [
    `listen 127.0.0.1:${rtmp};`,
    'log console;',
    `http_server { enabled on; listen 127.0.0.1:${http}; stream_list on; }`,
    'vhost __defaultVhost__ { }',
  ];
  writeFileSync(config, lines.join('\n'));
  const server = launch(process.execPath, [join('dist', 'src', 'main.js'), '-c', config], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: server.stdout })) if (/listening.*HTTP/.test(line)) return;
  throw new Error('the server ended');
}

/** Made before they are sent: encoders that run beside the browser would take its time. */
function make(folder, name, colours) {
  const clock = `drawtext=font=Sans:text='%{pts\\:hms}':fontsize=h/14:fontcolor=white:box=1:boxcolor=black@0.4:boxborderw=10:x=h/16:y=h-h/7`;
  const size = name === main ? '1280x720' : '640x360';
  const picture = `gradients=s=${size}:r=25:n=4:speed=0.012:${colours}:d=${seconds},${clock}`;
  const sound = `sine=frequency=330:sample_rate=44100:duration=${seconds}`;
  const video = ['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '0', '-g', '50', '-pix_fmt', 'yuv420p'];
  const rate = [
    '-b:v',
    '1200k',
    '-minrate',
    '1200k',
    '-maxrate',
    '1200k',
    '-bufsize',
    '600k',
    '-x264-params',
    'nal-hrd=cbr',
  ];
  const file = join(folder, `${name}.flv`);
  const inputs = ['-f', 'lavfi', '-i', picture, '-f', 'lavfi', '-i', sound];
  run('ffmpeg', ['-v', 'error', ...inputs, ...video, ...rate, '-c:a', 'aac', file]);
  return file;
}

function publish(name, file) {
  const url = `rtmp://127.0.0.1:${rtmp}/live/${name}`;
  launch('ffmpeg', ['-v', 'error', '-re', '-i', file, '-c', 'copy', '-f', 'flv', url]);
}

async function shoot(browser, folder, { name, path, colorScheme, wait }) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme });
  const page = await context.newPage();
  await page.goto(`http://127.0.0.1:${http}/${path}`);
  await page.waitForFunction(() =>
    [...document.querySelectorAll('video')].every((video) => video.getVideoPlaybackQuality().totalVideoFrames > 50),
  );
  await delay(wait);
  const shot = join(folder, `${name}.png`);
  await page.screenshot({ path: shot });
  await context.close();
  const file = join(root, 'docs', `${name}.webp`);
  const made = spawnSync('ffmpeg', ['-v', 'error', '-y', '-i', shot, '-c:v', 'libwebp', '-quality', '84', file]);
  if (made.status !== 0) throw new Error(String(made.stderr));
  const { size } = statSync(file);
  if (size > largest) throw new Error(`${file} has ${size} bytes, more than ${largest}`);
  console.log(`docs/${name}.webp: ${size} bytes`);
}

const folder = mkdtempSync(join(tmpdir(), 'weir-screenshots-'));
let browser;
try {
  const files = Object.entries(streams).map(([name, colours]) => [name, make(folder, name, colours)]);
  await startServer(folder);
  for (const [name, file] of files) publish(name, file);
  const args = ['--disable-gpu', '--mute-audio', '--autoplay-policy=no-user-gesture-required'];
  const executablePath = '/usr/bin/chromium';
  browser = await chromium.launch({ executablePath, args, chromiumSandbox: process.getuid() !== 0 });
  const query = `port=${rtmp}&app=live&stream=${main}&autostart=true`;
  await shoot(browser, folder, { name: 'player', path: `player.html?${query}`, colorScheme: 'light', wait: minute });
  const wall = Object.keys(streams).map((name) => `live/${name}`);
  await shoot(browser, folder, { name: 'wall', path: `wall.html?streams=${wall}`, colorScheme: 'dark', wait: 4000 });
} finally {
  await browser?.close();
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}
