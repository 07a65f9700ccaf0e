// What every scenario works with: the servers to measure, one measurement of players on one of them, and the floor.
import { setTimeout as delay } from 'node:timers/promises';
import { startNginxRtmp } from '../subjects/nginx_rtmp.js';
import { startNodeMediaServer } from '../subjects/node_media_server.js';
import type { Settings, Subject } from '../subjects/subject.js';
import { startWeir } from '../subjects/weir.js';
import { floor, play, publish, type Flags, type PlayResult } from './generator.js';
import type { Measurement, Metrics } from './measurement.js';
import { availableMemory, cpuTime, logBlocks, privateMemory, pss, socketMemory } from './proc.js';

export interface BenchOptions {
  readonly runs: number;
  /** One short run of few points: does it work at all? */
  readonly quick: boolean;
  /** Only these numbers of players, of scenarios that measure several; empty: all that the scenario has. */
  readonly points: readonly number[];
  /** Servers to measure beside the floor; the first is the one in question. */
  readonly subjects: readonly SubjectName[];
}

const starters = {
  weir: startWeir,
  'nginx-rtmp': startNginxRtmp,
  'node-media-server': startNodeMediaServer,
} as const;
export type SubjectName = keyof typeof starters;

export const isSubjectName = (name: string): name is SubjectName => name in starters;

export interface Memory {
  readonly pss: number;
  readonly own: number;
  readonly log: number;
  /** Socket memory of the whole machine, as accounted. */
  readonly sockets: number;
  readonly available: number;
}

export function readMemory(pid: number): Memory {
  return {
    pss: pss(pid),
    own: privateMemory(pid),
    log: logBlocks(pid),
    sockets: socketMemory(),
    available: availableMemory(),
  };
}

export const megabyte = 2 ** 20;

const endings = { rtmp: '', flv: '.flv', 'ws-flv': '.flv', ts: '.ts', hls: '.m3u8' } as const;
export type Format = keyof typeof endings;

/** Where the one stream that withSubject publishes is watched. */
export function viewerUrl({ url, http }: Subject, format: Format): string {
  const base = format === 'rtmp' ? url : format === 'ws-flv' ? http.replace(/^http/, 'ws') : http;
  return `${base}/stream${endings[format]}`;
}

/** Starts a server, publishes one stream of 500 kbit/s to it, hands it to `work`, and ends both. */
export async function withSubject<T>(
  name: SubjectName,
  settings: Settings,
  work: (subject: Subject, url: string) => Promise<T>,
): Promise<T> {
  const subject = await starters[name](settings);
  const url = viewerUrl(subject, 'rtmp');
  const publisher = publish(url, { bitrate: streamKbps });
  try {
    await publisher.event('publishing');
    return await work(subject, url);
  } finally {
    await publisher.stop();
    await subject.stop();
  }
}

export const streamKbps = 500;

/** Faults that a player could see: missing or harmed frames, and players that were not served to the end. */
export function faults({ lost, errors, sample, joined, slow, hls }: PlayResult, players: number): Metrics {
  const harmed = sample.corrupt + sample.repeated + sample.backwards + sample.jumps + sample.continuity;
  const broken = harmed + sample.silent + sample.starts_without_key + (hls ? hls.stalls + hls.missed : 0);
  const failed = Object.values(errors).reduce((sum, count) => sum + count, 0);
  return { gaps: sample.gaps, broken, lost, failed, absent: Math.max(players - slow - joined, 0) };
}

/** The figures that every measurement of players has. */
export function playMetrics(result: PlayResult, players: number): Metrics {
  const cpu = result.cpu.watched_s ?? NaN;
  return {
    players,
    mbps: result.rate.total_bps / 1e6,
    cpu_percent: (100 * cpu) / result.seconds,
    cpu_s_per_gbit: result.cpu.watched_s_per_gbit ?? NaN,
    generator_cpu_percent: (100 * result.cpu.own_s) / result.seconds,
    player_kbps: result.rate.mean_bps / 1e3,
    player_kbps_min: result.rate.min_bps / 1e3,
    player_kbps_max: result.rate.max_bps / 1e3,
    outside_2_percent: result.rate.outside_2_percent,
    interval_ms: 1000 / result.rate.reads_per_second,
    join_p50_ms: result.join_ms.p50,
    join_p99_ms: result.join_ms.p99,
    latency_p50_ms: result.sample.latency_ms.p50,
    latency_p99_ms: result.sample.latency_ms.p99,
    latency_max_ms: result.sample.latency_ms.max,
    ...faults(result, players),
    ...(result.hls ? hlsMetrics(result.hls) : {}),
  };
}

function hlsMetrics({ stalls, missed, late, playlist_ms, fragment_ms }: NonNullable<PlayResult['hls']>): Metrics {
  return { stalls, missed, late, playlist_p99_ms: playlist_ms.p99, fragment_p99_ms: fragment_ms.p99 };
}

export interface PlayPlan {
  readonly players: number;
  readonly seconds: number;
  readonly flags?: Flags;
}

/** Plays with many players and reads the server's CPU time and memory while they are served. */
export async function measurePlay(subject: Subject, url: string, plan: PlayPlan): Promise<Metrics> {
  const before = availableMemory();
  const { players, seconds } = plan;
  const base = { players, duration: seconds, ramp: 600, settle: 4, sample: 20, watch: subject.pid };
  const run = play(url, { ...base, ...plan.flags });
  await run.event('measuring');
  const start = cpuTime(subject.pid);
  await delay((seconds * 1000) / 2);
  const memory = readMemory(subject.pid);
  await run.event('measured');
  const end = cpuTime(subject.pid);
  const result = await run.result;
  return {
    ...playMetrics(result, players),
    user_percent: (100 * (end.user - start.user)) / result.seconds,
    system_percent: (100 * (end.system - start.system)) / result.seconds,
    pss_mb: memory.pss / megabyte,
    private_mb: memory.own / megabyte,
    log_mb: memory.log / megabyte,
    memory_mb: (memory.pss + memory.log) / megabyte,
    socket_mb: memory.sockets / megabyte,
    machine_mb: (before - memory.available) / megabyte,
  };
}

export interface FloorPlan {
  readonly players: number;
  readonly seconds: number;
  /** Bytes like those that the server delivered to each player. */
  readonly kbps: number;
  readonly intervalMs: number;
}

export async function measureFloor({ players, seconds, kbps, intervalMs }: FloorPlan): Promise<Metrics> {
  const run = floor({ players, duration: seconds, bitrate: kbps.toFixed(3), interval: intervalMs.toFixed(3) });
  const { cpu, seconds: measured, total_bps, late_rounds, short_sends } = await run.result;
  return {
    players,
    mbps: total_bps / 1e6,
    cpu_percent: (100 * cpu.sender_s) / measured,
    cpu_s_per_gbit: cpu.sender_s_per_gbit,
    generator_cpu_percent: (100 * cpu.own_s) / measured,
    interval_ms: intervalMs,
    late_rounds,
    short_sends,
  };
}

/** Tells what is being measured, and its outcome in a line. */
export function tell(measurement: Measurement, runs: number): Measurement {
  const { subject, point, run, metrics } = measurement;
  const shown = ['mbps', 'cpu_percent', 'cpu_s_per_gbit', 'memory_mb', 'latency_p99_ms', 'join_p99_ms', 'gaps', 'lost'];
  const text = shown.flatMap((name) => (name in metrics ? `${name} ${metrics[name]?.toPrecision(4)}` : []));
  process.stderr.write(`run ${run + 1}/${runs}  ${point.padEnd(6)} ${subject.padEnd(18)} ${text.join('  ')}\n`);
  return measurement;
}
