// The endpoints of SRS 1.0: the machine, the process, the version. Names are SRS's, `ilde_time` and `sigature` too.

import { version } from '../version.js';
import { headOf, reply } from './envelope.js';
import { route, type ApiContext, type Route } from './route.js';
import { flag, integer, map, number, object, text } from './schema.js';
import { selfStatNames, totalOf } from './system/proc.js';

const since = 'SRS 1.0';
const kilobyte = 1024;
const share = (part: number, whole: number): number => (whole <= 0 ? 0 : Math.round((part / whole) * 1e6) / 1e6);
const seconds = (millis: number): number => Math.round(millis / 1000);
const ok = flag('The figures could be read.');

const index = (path: string, urls: Readonly<Record<string, string>>): Route =>
  route(['GET', path], { summary: 'What is below.', since }, reply({ urls: map(text()) }), (context) => ({
    ...headOf(context),
    urls,
  }));

const versions = route(
  ['GET', '/api/v1/versions'],
  { summary: 'The version of the server.', since },
  reply({ data: object({ major: integer(), minor: integer(), revision: integer(), version: text() }) }),
  (context) => {
    const [major = 0, minor = 0, revision = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
    return { ...headOf(context), data: { major, minor, revision, version } };
  },
);

const summarySelf = object({
  version: text(),
  pid: integer(),
  ppid: integer(),
  argv: text('The command line.'),
  cwd: text(),
  mem_kbyte: integer('Resident memory.'),
  mem_percent: number('Of the memory that the process may have, 0..1.'),
  cpu_percent: number('Of one core: 0.5 is half of it.'),
  srs_uptime: integer('Seconds since the start.'),
});

const summarySystem = object({
  cpu_percent: number('Of all cores, 0..1.'),
  disk_read_KBps: integer('Of the disks that `stats { disk ...; }` names.'),
  disk_write_KBps: integer(),
  disk_busy_percent: number('0..1.'),
  mem_ram_kbyte: integer('RAM.'),
  mem_ram_percent: number('Of it in use, 0..1.'),
  mem_swap_kbyte: integer(),
  mem_swap_percent: number('0..1.'),
  cpus: integer(),
  cpus_online: integer(),
  uptime: number('Of the machine, in seconds.'),
  ilde_time: number('Idle seconds of all cores.'),
  load_1m: number(),
  load_5m: number(),
  load_15m: number(),
  net_sample_time: integer('Unix milliseconds.'),
  net_recv_bytes: integer('Of all network devices but loopback.'),
  net_send_bytes: integer(),
  srs_sample_time: integer('Unix milliseconds.'),
  srs_recv_bytes: integer('Of this server, since its start.'),
  srs_recv_kbps: integer('Over 30 seconds.'),
  srs_send_bytes: integer(),
  srs_send_kbps: integer(),
  conn_sys: integer('TCP sockets of the machine.'),
  conn_sys_et: integer('Established ones.'),
  conn_sys_tw: integer('Waiting after their end.'),
  conn_sys_udp: integer(),
  conn_srs: integer('Connections of this server.'),
});

const summaries = route(
  ['GET', '/api/v1/summaries'],
  { summary: 'The process and the machine at a glance.', since },
  reply({ data: object({ ok, now_ms: integer(), self: summarySelf, system: summarySystem }) }),
  (context) => ({ ...headOf(context), data: summariesOf(context) }),
);

export function summariesOf(context: ApiContext) {
  return { ok: true, now_ms: Date.now(), self: selfOf(context), system: systemOf(context) };
}

/** What the process may have: of the machine, or of its cgroup. */
function memoryKb(totalKb: number): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(totalKb, limit / kilobyte) : totalKb;
}

function selfOf({ system, startedAt }: ApiContext) {
  const { rss, memory, selfCpu } = system.last();
  return {
    ...{ version, pid: process.pid, ppid: process.ppid, argv: process.argv.join(' '), cwd: process.cwd() },
    mem_kbyte: Math.round(rss / kilobyte),
    mem_percent: share(rss / kilobyte, memoryKb(memory.total)),
    cpu_percent: selfCpu,
    srs_uptime: seconds(Date.now() - startedAt),
  };
}

function systemOf({ system, snapshots }: ApiContext) {
  const now = system.last();
  const stats = snapshots.recent();
  const { memory, load, disk, network, sockets } = now;
  return {
    cpu_percent: now.cpuShare,
    ...{ disk_read_KBps: disk.readKBps, disk_write_KBps: disk.writeKBps, disk_busy_percent: disk.busy },
    mem_ram_kbyte: memory.total,
    mem_ram_percent: share(memory.total - memory.available, memory.total),
    mem_swap_kbyte: memory.swapTotal,
    mem_swap_percent: share(memory.swapTotal - memory.swapFree, memory.swapTotal),
    ...{ cpus: now.cpus, cpus_online: now.cpusOnline, uptime: now.uptime, ilde_time: now.idle },
    ...{ load_1m: load[0] ?? 0, load_5m: load[1] ?? 0, load_15m: load[2] ?? 0 },
    ...{ net_sample_time: now.at, net_recv_bytes: network.received, net_send_bytes: network.sent },
    ...{ srs_sample_time: Date.now(), srs_recv_bytes: stats.bytesIn, srs_recv_kbps: kbps(stats.inRate30) },
    ...{ srs_send_bytes: stats.bytesOut, srs_send_kbps: kbps(stats.outRate30) },
    ...{ conn_sys: sockets.tcp, conn_sys_et: sockets.established, conn_sys_tw: sockets.timeWait },
    ...{ conn_sys_udp: sockets.udp, conn_srs: stats.connections },
  };
}

export const kbps = (bitsPerSecond: number): number => Math.round(bitsPerSecond / 1000);

const usageNames = [
  ...['ru_ixrss', 'ru_idrss', 'ru_isrss', 'ru_minflt', 'ru_majflt', 'ru_nswap', 'ru_inblock', 'ru_oublock'],
  ...['ru_msgsnd', 'ru_msgrcv', 'ru_nsignals', 'ru_nvcsw', 'ru_nivcsw'],
] as const;
const allIntegers = <N extends string>(names: readonly N[]) =>
  Object.fromEntries(names.map((name) => [name, integer()])) as Record<N, ReturnType<typeof integer>>;

const rusages = route(
  ['GET', '/api/v1/rusages'],
  { summary: 'What the process used (getrusage).', since },
  reply({
    data: object({
      ok,
      sample_time: integer('Unix milliseconds.'),
      ru_utime: integer('Milliseconds in user space.'),
      ru_stime: integer('Milliseconds in the kernel.'),
      ru_maxrss: integer('KB.'),
      ...allIntegers(usageNames),
    }),
  }),
  (context) => {
    const usage = process.resourceUsage();
    const data = {
      ...{ ok: true, sample_time: Date.now() },
      ...{ ru_utime: Math.round(usage.userCPUTime / 1000), ru_stime: Math.round(usage.systemCPUTime / 1000) },
      ...{ ru_maxrss: usage.maxRSS, ru_ixrss: usage.sharedMemorySize, ru_idrss: usage.unsharedDataSize },
      ...{ ru_isrss: usage.unsharedStackSize, ru_minflt: usage.minorPageFault, ru_majflt: usage.majorPageFault },
      ...{ ru_nswap: usage.swappedOut, ru_inblock: usage.fsRead, ru_oublock: usage.fsWrite },
      ...{ ru_msgsnd: usage.ipcSent, ru_msgrcv: usage.ipcReceived, ru_nsignals: usage.signalsCount },
      ...{ ru_nvcsw: usage.voluntaryContextSwitches, ru_nivcsw: usage.involuntaryContextSwitches },
    };
    return { ...headOf(context), data };
  },
);

const selfStats = route(
  ['GET', '/api/v1/self_proc_stats'],
  { summary: 'The fields of /proc/self/stat.', since },
  reply({ data: object({ ok, pid: integer(), comm: text(), state: text(), ...allIntegers(selfStatNames) }) }),
  (context) => {
    const { pid, comm, state, fields } = context.system.last().selfStat;
    return { ...headOf(context), data: { ok: pid > 0, pid, comm, state, ...fields } };
  },
);

const cpuNames = ['user', 'nice', 'sys', 'idle', 'iowait', 'irq', 'softirq', 'steal', 'guest'] as const;

const systemStats = route(
  ['GET', '/api/v1/system_proc_stats'],
  { summary: 'The processor times of /proc/stat, in ticks.', since },
  reply({
    data: object({
      ok,
      sample_time: integer('Unix milliseconds.'),
      percent: number('0..1.'),
      ...allIntegers(cpuNames),
    }),
  }),
  (context) => {
    const { at, cpu, cpuShare } = context.system.last();
    return { ...headOf(context), data: { ok: totalOf(cpu) > 0, sample_time: at, percent: cpuShare, ...cpu } };
  },
);

const memoryNames = ['MemActive', 'RealInUse', 'NotInUse', 'MemTotal', 'MemFree', 'Buffers', 'Cached'] as const;

const meminfos = route(
  ['GET', '/api/v1/meminfos'],
  { summary: 'The memory of the machine, in KB.', since },
  reply({
    data: object({
      ...{
        ok,
        sample_time: integer('Unix milliseconds.'),
        percent_ram: number('0..1.'),
        percent_swap: number('0..1.'),
      },
      ...allIntegers(memoryNames),
      ...{ SwapTotal: integer(), SwapFree: integer() },
    }),
  }),
  (context) => {
    const { at, memory } = context.system.last();
    const { total, free, active, buffers, cached, swapTotal, swapFree } = memory;
    const unused = free + buffers + cached;
    const data = {
      ...{ ok: total > 0, sample_time: at, percent_ram: share(total - unused, total) },
      percent_swap: share(swapTotal - swapFree, swapTotal),
      ...{ MemActive: active, RealInUse: total - unused, NotInUse: unused, MemTotal: total, MemFree: free },
      ...{ Buffers: buffers, Cached: cached, SwapTotal: swapTotal, SwapFree: swapFree },
    };
    return { ...headOf(context), data };
  },
);

const authors = route(
  ['GET', '/api/v1/authors'],
  { summary: 'Who made it.', since },
  reply({ data: object({ primary: text(), authors: text(), contributors_link: text(), contributors: text() }) }),
  (context) => {
    const primary = 'the weir authors';
    return { ...headOf(context), data: { primary, authors: primary, contributors_link: '', contributors: primary } };
  },
);

const requests = route(
  ['GET', '/api/v1/requests'],
  { summary: 'The request as the server saw it, for debugging.', since },
  reply({
    data: object({
      ...{ uri: text(), path: text(), METHOD: text(), headers: map(text('Credentials are left out.')) },
      server: object({ sigature: text(), name: text(), version: text(), link: text(), time: integer() }),
    }),
  }),
  (context, { http }) => {
    const query = http.query.toString();
    const headers = Object.fromEntries([...http.headers].filter(([name]) => !/^(authorization|cookie)$/.test(name)));
    const data = {
      ...{ uri: query === '' ? http.path : `${http.path}?${query}`, path: http.path, METHOD: http.method, headers },
      server: { sigature: 'weir', name: 'weir', version, link: '', time: Date.now() },
    };
    return { ...headOf(context), data };
  },
);

const below = {
  versions: 'the version of the server',
  summaries: 'the process and the machine at a glance',
  rusages: 'what the process used',
  self_proc_stats: 'the process, as /proc has it',
  system_proc_stats: 'the processors',
  meminfos: 'the memory of the machine',
  authors: 'who made it',
  requests: 'the request itself, for debugging',
  vhosts: 'the vhosts',
  streams: 'the streams',
  clients: 'the clients',
  reload: 'GET: the last reload; POST: reload the configuration',
  configs: 'the effective configuration',
  features: 'what this build can do',
  history: 'the last hour',
  events: 'WebSocket: what happens',
  'openapi.json': 'this API, described',
};

export const systemRoutes: readonly Route[] = [
  index('/', { api: 'the API' }),
  index('/api', { v1: 'version 1 of the API' }),
  index('/api/v1', below),
  ...[versions, summaries, rusages, selfStats, systemStats, meminfos, authors, requests],
];
