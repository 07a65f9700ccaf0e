// Processes that a script starts and ends, and how it knows that they are at work.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const startTimeout = 20_000;
const pollInterval = 50;

const launcher = join(root, 'build', 'Release', 'weir-launch');
/** From SIGINT to SIGKILL: as long as a server may take for its end. */
const grace = '10000';

/**
 * A process group of its own: Ctrl-C reaches the script alone, which then ends all in their order, once. By weir-launch it ends
 * with the script, whatever ends that.
 */
export function launch(command, args, stdout) {
  const options = { cwd: root, detached: true, stdio: ['pipe', stdout, 'inherit', 'ignore'] };
  const child = spawn(launcher, [grace, '0', command, ...args], options);
  child.stdin.on('error', () => undefined);
  const ended = new Promise((resolve) => {
    child.on('error', (error) => {
      console.error(`weir: ${command}: ${error.message}`);
      resolve(1);
    });
    child.on('exit', (status) => resolve(status ?? 1));
  });
  const isRunning = () => child.exitCode === null && child.signalCode === null && child.pid !== undefined;
  return { child, ended, isRunning, stop: () => child.stdin.end() };
}

/** A server, or another command of weir. */
export async function launchWeir(args, stdout = 'inherit') {
  // Not before: the build makes it.
  const { nodeFlags } = await import('../dist/src/process/node_flags.js');
  return launch(process.execPath, [...nodeFlags, 'dist/src/main.js', ...args], stdout);
}

/** Whether some program listens, as the kernel lists it: a connection to find out would be a client for the server. */
export function isTaken(port) {
  const listening = `:${port.toString(16).toUpperCase().padStart(4, '0')} `;
  const state = '0A';
  return ['/proc/net/tcp', '/proc/net/tcp6']
    .filter(existsSync)
    .flatMap((table) => readFileSync(table, 'utf8').split('\n'))
    .map((line) => line.trim().split(/\s+/))
    .some(([, local = '', , found]) => found === state && `${local} `.endsWith(listening));
}

/** Throws where another program has one of them. */
export function needPorts(ports) {
  const taken = ports.find((port) => port !== undefined && isTaken(port));
  if (taken) throw new Error(`port ${taken} is in use by another program`);
}

/** Resolves to whether it listens; false when it has ended instead. */
export async function isListening(port, { isRunning }) {
  const end = performance.now() + startTimeout;
  while (isRunning() && performance.now() < end) {
    if (isTaken(port)) return true;
    await delay(pollInterval);
  }
  return false;
}

/** By which other machines reach this one. */
export function ownAddress() {
  const addresses = Object.values(networkInterfaces()).flat();
  return addresses.find((address) => address && address.family === 'IPv4' && !address.internal)?.address;
}

/** What is to be done once when the script is told to end, and at its end. */
export function atTheEnd(stop) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
  process.on('exit', stop);
}
