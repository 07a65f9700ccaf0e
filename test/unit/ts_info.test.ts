// The checker of transport streams: what is right passes, and everything that can be wrong is found.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { TsChecker } from '../../src/ts_info/check.js';
import { readUnit } from '../../src/ts_info/units.js';
import { temporaryFolder } from '../e2e/support/servers.js';

const pat = '00b00d0001c100000001f0012e701905';
/** H.264 on PID 256, which has the clock, and AAC on 257. */
const pmt = '02b0170001c10000e100f0001be100f0000fe101f0002f44b99b';
const key = '0000000109f0000000016742c00b0000000168ce0000016588aa';
const inter = '0000000109f0000001419abb';
const adts = 'fff15080019ffc2122232425';
const video = 256;
const audio = 257;

interface PacketOptions {
  readonly isStart?: boolean;
  readonly pcr?: number;
  readonly flags?: number;
}

/** Makes packets, counting for each PID. */
class Writer {
  readonly counters = new Map<number, number>();
  readonly packets: Buffer[] = [];

  packet(pid: number, payload: Buffer, { isStart = true, pcr, flags = 0 }: PacketOptions = {}): this {
    const counter = payload.length > 0 ? ((this.counters.get(pid) ?? -1) + 1) & 15 : (this.counters.get(pid) ?? 0);
    this.counters.set(pid, counter);
    const room = 184 - payload.length;
    const field = Buffer.alloc(room, 0xff);
    if (room > 0) field[0] = room - 1;
    if (room > 1) field[1] = flags | (pcr === undefined ? 0 : 0x10);
    if (pcr !== undefined) {
      field.writeUInt32BE(Math.floor(pcr / 2), 2);
      field.writeUInt16BE(((pcr % 2) << 15) | 0x7e00, 6);
    }
    const control = (room > 0 ? 0x20 : 0) | (payload.length > 0 ? 0x10 : 0) | counter;
    this.packets.push(Buffer.of(0x47, (isStart ? 0x40 : 0) | (pid >> 8), pid & 255, control), field, payload);
    return this;
  }

  section(pid: number, hex: string): this {
    return this.packet(pid, Buffer.concat([Buffer.from(`00${hex}`, 'hex')], 184).fill(0xff, 1 + hex.length / 2));
  }

  tables(): this {
    return this.section(0, pat).section(0x1001, pmt);
  }

  pes(pid: number, millis: number, hex: string, options: PacketOptions & { readonly pts?: number } = {}): this {
    const dts = (1400 + millis) * 90;
    const times = [encodeTime(3, options.pts ?? dts), encodeTime(1, dts)];
    const data = Buffer.from(hex, 'hex');
    const head = Buffer.of(0, 0, 1, pid === video ? 0xe0 : 0xc0, 0, 13 + data.length, 0x80, 0xc0, 10);
    return this.packet(pid, Buffer.concat([head, ...times, data]), options);
  }

  frame(millis: number, hex = inter, options: PacketOptions = {}): this {
    const flags = (hex === key ? 0x40 : 0) | (options.flags ?? 0);
    return this.pes(video, millis, hex, { pcr: (700 + millis) * 90, ...options, flags });
  }

  bytes(): Buffer {
    return Buffer.concat(this.packets);
  }
}

function encodeTime(prefix: number, ticks: number): Buffer {
  const time = Buffer.alloc(5);
  time[0] = (prefix << 4) | (Math.floor(ticks / 2 ** 30) << 1) | 1;
  time.writeUInt16BE(((Math.floor(ticks / 2 ** 15) & 0x7fff) << 1) | 1, 1);
  time.writeUInt16BE(((ticks & 0x7fff) << 1) | 1, 3);
  return time;
}

function faultsOf(...fragments: Buffer[]): string[] {
  const checker = new TsChecker();
  for (const bytes of fragments) checker.push(bytes);
  return checker.report().faults.map(({ text }) => text);
}

const good = (): Writer =>
  new Writer()
    .tables()
    .frame(0, key)
    .pes(audio, 0, adts + adts)
    .frame(40);

describe('a good stream', () => {
  test('has no fault, and is described', () => {
    const checker = new TsChecker();
    checker.push(good().bytes());
    const { faultCount, faults, streams, clock, packets } = checker.report();
    assert.deepEqual(faults, []);
    assert.equal(faultCount, 0);
    assert.equal(packets, 5);
    assert.deepEqual([clock.count, clock.longestGap, clock.jumps], [2, 40, 0]);
    assert.deepEqual(
      streams.map(({ codec, units, frames, keys, first, last }) => [codec, units, frames, keys, first, last]),
      [
        ['H.264', 2, 2, 1, 1400, 1440],
        ['AAC', 1, 2, 1, 1400, 1400],
      ],
    );
  });

  test('goes on from one fragment to the next', () => {
    const writer = good();
    const first = writer.bytes();
    writer.packets.length = 0;
    assert.deepEqual(faultsOf(first, writer.tables().frame(80, key).bytes()), []);
    assert.deepEqual(faultsOf(first, first), [
      'PID 0: continuity 0 where 1 was expected',
      'PID 4097: continuity 0 where 1 was expected',
      'PID 256: continuity 0 where 2 was expected',
      'PCR goes back by 40.0 ms',
      'PID 257: continuity 0 where 1 was expected',
      'PID 256: DTS goes back by 40.0 ms',
      'PID 257: DTS goes back by 0.0 ms',
    ]);
  });

  test('may jump where its clock says so, and wrap', () => {
    assert.deepEqual(faultsOf(good().frame(5000, inter, { flags: 0x80 }).bytes()), []);
    const wrap = 2 ** 33 / 90;
    const writer = new Writer().tables();
    for (let at = wrap - 1600; at < wrap + 200; at += 40) {
      const dts = Math.round((at + 1400) * 90) % 2 ** 33;
      const pcr = Math.round((at + 700) * 90) % 2 ** 33;
      writer.pes(video, dts / 90 - 1400, inter, { pcr, pts: dts });
    }
    assert.deepEqual(faultsOf(writer.bytes()), []);
  });
});

describe('a fault is found:', () => {
  const broken: Readonly<Record<string, readonly [Writer, ...RegExp[]]>> = {
    'a packet that is missing': [
      (() => {
        const writer = good().frame(80);
        writer.packets.splice(12, 3);
        return writer;
      })(),
      /PID 256: continuity 2 where 1/,
    ],
    'no tables in front': [new Writer().frame(0, key), /does not begin with PAT and PMT/, /PID 256 is in no PMT/],
    'a checksum': [new Writer().tables().section(0, pat.replace('2e70', '2e71')), /PAT: the checksum/],
    'a table that ends beyond its packet': [good().section(0x1001, pmt.replace('b017', 'bfff')), /does not end/],
    'an unknown PID': [good().packet(300, Buffer.alloc(184)), /PID 300 is in no PMT/],
    'a PCR that goes back': [good().frame(80, inter, { pcr: 700 * 90 }), /PCR goes back by 40\.0 ms/],
    'a clock that is slow': [
      good().pes(audio, 100, adts).pes(audio, 150, adts).frame(200),
      /160\.0 ms from one PCR to the next/,
    ],
    'a PCR on another PID': [good().pes(audio, 50, adts, { pcr: 745 * 90 }), /a PCR on PID 257, the PMT says 256/],
    'a DTS that goes back': [good().frame(30, inter, { pcr: 750 * 90 }), /PID 256: DTS goes back by 10\.0 ms/],
    'a PTS before its DTS': [good().pes(audio, 50, adts, { pts: 1440 * 90 }), /PTS is 10\.0 ms before DTS/],
    'a frame that comes too late': [good().frame(80, inter, { pcr: 1490 * 90 }), /10\.0 ms too late for its DTS/],
    'a PES of another length': [
      good().packet(audio, Buffer.from(`000001c000ff80800521000101${adts}`, 'hex')),
      /a length of 255 where/,
    ],
    'no delimiter': [good().frame(80, '00000001419abb'), /does not begin with a delimiter/],
    'a key picture without parameter sets': [
      good().frame(80, '0000000109f00000016588', { flags: 0x40 }),
      /without SPS/,
      /without PPS/,
    ],
    'a key picture that is not marked': [good().pes(video, 80, key, { pcr: 780 * 90 }), /random_access_indicator/],
    'a picture without a slice': [good().frame(80, '0000000109f0'), /no slice/],
    'an audio frame that is cut': [good().pes(audio, 50, adts.slice(0, -2)), /goes beyond its PES/],
    'audio that is none': [good().pes(audio, 50, '00112233445566'), /no ADTS header/],
    'a lost sync byte': [
      (() => {
        const writer = good();
        writer.packets[3]![0] = 0x48;
        return writer;
      })(),
      /no sync byte/,
    ],
  };
  for (const [name, [writer, ...expected]] of Object.entries(broken)) {
    test(name, () => {
      const faults = faultsOf(writer.bytes());
      for (const pattern of expected)
        assert.ok(
          faults.some((text) => pattern.test(text)),
          faults.join('\n'),
        );
    });
  }

  test('half a packet', () => {
    assert.deepEqual(faultsOf(good().bytes().subarray(0, -88)), ['only 100 bytes are left of a packet']);
  });
});

test('H.265 and MP3 and Opus are looked into', () => {
  const hevc = '00000001460150000000014001010000000142010100000001440101000001260102';
  assert.deepEqual(readUnit('H.265', Buffer.from(hevc, 'hex'), true), {
    text: 'AUD VPS SPS PPS IDR',
    faults: [],
    isKey: true,
    frames: 1,
  });
  assert.deepEqual(readUnit('H.265', Buffer.from(hevc.replace('4001', '4e01'), 'hex'), true).faults, [
    'a key picture without VPS',
  ]);
  const mp3 = Buffer.alloc(417);
  mp3.writeUInt32BE(0xfffb9064);
  assert.equal(readUnit('MP3', Buffer.concat([mp3, mp3]), true).text, '2 x MP3, 44100 Hz');
  assert.equal(readUnit('MP3', mp3.subarray(1), true).faults.length, 1);
  const opus = Buffer.concat([Buffer.from('7fe0ff01', 'hex'), Buffer.alloc(256), Buffer.from('7fe00200aa', 'hex')]);
  assert.deepEqual(readUnit('Opus', opus, true), { text: '2 x Opus', faults: [], isKey: true, frames: 2 });
});

test('nothing that a file can hold makes it throw', () => {
  const bytes = Buffer.concat([good().bytes(), good().bytes()]);
  let seed = 1;
  const random = (limit: number) => {
    seed = (seed * 48271) % 0x7fffffff;
    return seed % limit;
  };
  for (let round = 0; round < 3000; round += 1) {
    const changed = Buffer.from(bytes);
    for (let i = random(8); i >= 0; i -= 1) changed[random(changed.length)] = random(256);
    const checker = new TsChecker();
    checker.push(changed.subarray(0, random(changed.length + 1)));
    checker.report();
  }
});

test('the command prints the report and exits by it', (context) => {
  const folder = temporaryFolder(context);
  const program = fileURLToPath(new URL('../../src/main.js', import.meta.url));
  const run = (...args: string[]) => spawnSync(process.execPath, [program, 'ts-info', ...args], { encoding: 'utf8' });
  const fine = join(folder, 'fine.ts');
  const cut = join(folder, 'cut.ts');
  writeFileSync(fine, good().bytes());
  writeFileSync(cut, good().bytes().subarray(188));
  const passed = run('--units', fine);
  assert.equal(passed.status, 0, passed.stdout + passed.stderr);
  assert.match(passed.stdout, /key: AUD SPS PPS IDR\n/);
  assert.match(passed.stdout, /\nno fault\n$/);
  const failed = run(cut);
  assert.equal(failed.status, 1);
  assert.match(failed.stdout, /at 0: it does not begin with PAT and PMT\n/);
  assert.equal(run().status, 2);
  assert.equal(run(join(folder, 'none.ts')).status, 1);
});
