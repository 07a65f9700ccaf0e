// Reads a transport stream and checks it: packets, tables, counters, clock, times, and what is inside.

import { packetSize, readPacket, type Packet } from './packet.js';
import { readPes, type Pes } from './pes.js';
import { readPat, readPmt, type Pmt, type StreamEntry } from './tables.js';
import { createTiming, type ClockReport, type Timing } from './timing.js';
import { readUnit, type Unit } from './units.js';

export interface Fault {
  /** In all that was pushed. */
  readonly offset: number;
  readonly text: string;
}

export interface StreamReport extends StreamEntry {
  units: number;
  frames: number;
  keys: number;
  bytes: number;
  /** Milliseconds; undefined before the first unit. */
  first: number | undefined;
  last: number | undefined;
  longestStep: number;
  /** What the newest unit said of itself. */
  text: string;
}

export interface Report {
  readonly packets: number;
  readonly pmts: number;
  readonly version: number | undefined;
  readonly clock: ClockReport;
  readonly streams: readonly StreamReport[];
  /** The first of them. */
  readonly faults: readonly Fault[];
  readonly faultCount: number;
}

export interface UnitLine extends Unit {
  readonly pes: Pes;
  readonly stream: StreamEntry;
}

const keptFaults = 100;
const patPid = 0;
const nullPid = 0x1fff;
/** Tables that are not read here: CAT, and what DVB has (SDT, NIT, ...). */
const isForeignTable = (pid: number): boolean => pid !== patPid && pid <= 0x1f;

interface Open {
  readonly offset: number;
  readonly isRandomAccess: boolean;
  readonly payloads: Buffer[];
  /** The clock when its newest packet came. */
  arrived: number | undefined;
}

/** Reads what is pushed into it, and remembers what it was and what was wrong. */
export class TsChecker {
  readonly #onUnit: (line: UnitLine) => void;
  readonly #streams = new Map<number, StreamReport>();
  readonly #counters = new Map<number, number>();
  readonly #open = new Map<number, Open>();
  readonly #faults: Fault[] = [];
  readonly #timing: Timing;
  #faultCount = 0;
  #offset = 0;
  #packets = 0;
  #pmts = 0;
  #pmtPid: number | undefined;
  #pmt: Pmt | undefined;

  constructor(onUnit: (line: UnitLine) => void = () => undefined) {
    this.#onUnit = onUnit;
    this.#timing = createTiming((text, at) => this.#fault(text, at));
  }

  /** A whole file, or a fragment that follows what was pushed before: it begins with PAT and PMT, and ends what it begins. */
  push(bytes: Buffer): void {
    this.#checkBeginning(bytes);
    const base = this.#offset;
    const end = base + bytes.length;
    while (this.#offset < end) {
      const packet = readPacket(bytes.subarray(this.#offset - base));
      if (typeof packet === 'string') this.#fault(packet);
      else this.#takePacket(packet);
      this.#packets += 1;
      this.#offset = Math.min(this.#offset + packetSize, end);
    }
    for (const pid of [...this.#open.keys()]) this.#closePes(pid);
  }

  report(): Report {
    return {
      packets: this.#packets,
      pmts: this.#pmts,
      version: this.#pmt?.version,
      clock: this.#timing.report(),
      streams: [...this.#streams.values()],
      faults: this.#faults,
      faultCount: this.#faultCount,
    };
  }

  #fault(text: string, at = this.#offset): void {
    this.#faultCount += 1;
    if (this.#faults.length < keptFaults) this.#faults.push({ offset: at, text });
  }

  #checkBeginning(bytes: Buffer): void {
    const pids: number[] = [];
    for (let at = 0; at < bytes.length && pids.length < 2; at += packetSize) {
      const packet = readPacket(bytes.subarray(at));
      if (typeof packet === 'string') break;
      if (!isForeignTable(packet.pid)) pids.push(packet.pid);
    }
    const isPmt = pids[1] !== undefined && (this.#pmtPid === undefined || pids[1] === this.#pmtPid);
    if (pids[0] !== patPid || !isPmt) this.#fault('it does not begin with PAT and PMT');
  }

  #takePacket(packet: Packet): void {
    const { pid, payload, pcr } = packet;
    if (pid === nullPid || isForeignTable(pid)) return;
    this.#checkContinuity(packet);
    if (pcr !== undefined) this.#takePcr(packet, pcr);
    if (payload.length === 0) return;
    if (pid === patPid) this.#takePat(packet);
    else if (pid === this.#pmtPid) this.#takePmt(packet);
    else if (this.#streams.has(pid)) this.#takeStream(packet);
    else this.#fault(`PID ${pid} is in no PMT`);
  }

  #checkContinuity({ pid, continuity, payload, isDiscontinuity }: Packet): void {
    const last = this.#counters.get(pid);
    this.#counters.set(pid, continuity);
    if (last === undefined || isDiscontinuity) return;
    const expected = payload.length > 0 ? (last + 1) & 15 : last;
    if (continuity !== expected) this.#fault(`PID ${pid}: continuity ${continuity} where ${expected} was expected`);
  }

  #takePcr({ pid, isDiscontinuity }: Packet, pcr: number): void {
    if (this.#pmt && pid !== this.#pmt.pcrPid) this.#fault(`a PCR on PID ${pid}, the PMT says ${this.#pmt.pcrPid}`);
    this.#timing.takePcr(pcr, isDiscontinuity);
  }

  #takePat({ payload }: Packet): void {
    const pid = readPat(payload);
    if (typeof pid === 'string') this.#fault(`PAT: ${pid}`);
    else this.#pmtPid = pid;
  }

  #takePmt({ payload }: Packet): void {
    const pmt = readPmt(payload);
    if (typeof pmt === 'string') {
      this.#fault(`PMT: ${pmt}`);
      return;
    }
    const old = this.#pmt;
    const isSame = old !== undefined && JSON.stringify({ ...old, version: pmt.version }) === JSON.stringify(pmt);
    if (old && isSame !== (old.version === pmt.version))
      this.#fault(isSame ? 'the PMT has a new version and nothing new' : 'the PMT changes, its version does not');
    this.#pmt = pmt;
    this.#pmts += 1;
    for (const entry of pmt.streams) {
      if (this.#streams.get(entry.pid)?.codec === entry.codec) continue;
      this.#closePes(entry.pid);
      this.#streams.set(entry.pid, newStream(entry));
    }
  }

  #takeStream({ pid, isStart, isRandomAccess, payload }: Packet): void {
    if (isStart) {
      this.#closePes(pid);
      this.#open.set(pid, { offset: this.#offset, isRandomAccess, payloads: [payload], arrived: this.#timing.now() });
      if (!this.#pmt?.streams.some((entry) => entry.pid === pid)) this.#fault(`PID ${pid} is not in the newest PMT`);
      return;
    }
    const begun = this.#open.get(pid);
    if (begun) {
      begun.payloads.push(payload);
      begun.arrived = this.#timing.now();
    } else this.#fault(`PID ${pid} goes on with a PES that was not begun`);
  }

  #closePes(pid: number): void {
    const begun = this.#open.get(pid);
    const stream = this.#streams.get(pid);
    this.#open.delete(pid);
    if (!begun || !stream) return;
    const pes = readPes(begun.offset, begun.isRandomAccess, begun.payloads);
    if (typeof pes === 'string') {
      this.#fault(`PID ${pid}: ${pes}`, begun.offset);
      return;
    }
    const unit = readUnit(stream.codec, pes.data, pes.isRandomAccess);
    for (const text of unit.faults) this.#fault(`PID ${pid}: ${text}`, begun.offset);
    this.#count(stream, pes, unit, begun.arrived);
    this.#onUnit({ ...unit, pes, stream });
  }

  #count(stream: StreamReport, pes: Pes, unit: Unit, arrived: number | undefined): void {
    const { dts, step } = this.#timing.takePes(stream.pid, pes, arrived);
    stream.units += 1;
    stream.frames += unit.frames;
    stream.keys += unit.isKey ? 1 : 0;
    stream.bytes += pes.data.length;
    stream.first ??= dts / 90;
    stream.last = dts / 90;
    stream.longestStep = Math.max(stream.longestStep, step / 90);
    stream.text = unit.text;
  }
}

function newStream(entry: StreamEntry): StreamReport {
  const none = { units: 0, frames: 0, keys: 0, bytes: 0, longestStep: 0 };
  return { ...entry, ...none, first: undefined, last: undefined, text: '' };
}
