// Debian packages: which are missing, and how they are installed. A command that is already on the PATH counts as
// installed, whatever package it came from.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** @typedef {{ package: string, command?: string }} Need */

/** @type {Need[]} */
export const toBuild = [
  { package: 'g++', command: 'g++' },
  { package: 'make', command: 'make' },
  { package: 'python3', command: 'python3' },
  { package: 'util-linux', command: 'flock' },
];

/** @type {Need[]} */
export const toTest = [
  { package: 'ffmpeg', command: 'ffmpeg' },
  { package: 'chromium', command: 'chromium' },
  { package: 'mpv', command: 'mpv' },
  { package: 'curl', command: 'curl' },
  { package: 'rtmpdump', command: 'rtmpdump' },
  { package: 'nginx', command: 'nginx' },
  { package: 'libnginx-mod-rtmp' },
  { package: 'gstreamer1.0-tools', command: 'gst-launch-1.0' },
  { package: 'gstreamer1.0-plugins-base' },
  { package: 'gstreamer1.0-plugins-good' },
  { package: 'gstreamer1.0-plugins-bad' },
  { package: 'gstreamer1.0-plugins-ugly' },
  { package: 'gstreamer1.0-libav' },
  { package: 'clang-14', command: 'clang++-14' },
  { package: 'clang-format-14', command: 'clang-format-14' },
  { package: 'clang-tidy-14', command: 'clang-tidy-14' },
  { package: 'libclang-rt-14-dev' },
  { package: 'libgtest-dev' },
  { package: 'prometheus', command: 'promtool' },
];

function onPath(command) {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin'];
  return folders.some((folder) => folder !== '' && existsSync(join(folder, command)));
}

function installedByDpkg(name) {
  const { status, stdout } = spawnSync('dpkg-query', ['-W', '-f=${Status}', name], { encoding: 'utf8' });
  return status === 0 && stdout.endsWith('ok installed');
}

/** @param {Need[]} needs */
function missing(needs) {
  return needs
    .filter((need) => !(need.command ? onPath(need.command) : installedByDpkg(need.package)))
    .map((need) => need.package);
}

/** Runs `install` while Debian's policy hook forbids starting services: a test machine needs no nginx on port 80. */
function withoutServices(install) {
  const policy = '/usr/sbin/policy-rc.d';
  if (existsSync(policy)) return install();
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    install();
  } finally {
    rmSync(policy, { force: true });
  }
}

function apt(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status, error } = spawnSync('apt-get', ['-qq', ...args], { stdio: ['ignore', 'inherit', 'inherit'], env });
  if (error || status !== 0) throw new Error(`apt-get ${args.join(' ')} failed`);
}

/**
 * Makes sure that the needed packages are there: root installs them, anyone else is told the command.
 * @param {Need[]} needs
 */
export function ensurePackages(needs, say = console.log) {
  const names = missing(needs);
  if (names.length === 0) return;
  const command = `apt-get install --no-install-recommends ${names.join(' ')}`;
  if (process.getuid?.() !== 0 || !onPath('apt-get')) {
    throw new Error(`these packages are missing; install them and try again:\n\n    sudo ${command}\n`);
  }
  say(`installing ${names.join(' ')}`);
  apt(['update']);
  withoutServices(() => apt(['install', '-y', '--no-install-recommends', ...names]));
  const still = missing(needs);
  if (still.length > 0) throw new Error(`still missing after the installation: ${still.join(', ')}`);
}

/**
 * The same for what is good to have: where it can't be installed that is said, and what it means.
 * @param {Need[]} needs
 */
export function offerPackages(needs, without, say = console.log) {
  try {
    ensurePackages(needs, say);
  } catch (error) {
    say(`${without}: ${error.message}`);
  }
}
