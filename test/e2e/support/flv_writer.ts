// FLV files with codecs that the installed ffmpeg can't put there: made from an MP4, in Enhanced RTMP's form.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

interface ProbedStream {
  readonly codec_type: 'video' | 'audio';
  readonly codec_name: string;
  readonly extradata: string;
}

interface ProbedPacket {
  readonly stream_index: number;
  readonly pts_time: string;
  readonly dts_time: string;
  readonly flags: string;
  readonly pos: string;
  readonly size: string;
}

const fourCcs: Readonly<Record<string, string>> = {
  h264: 'avc1',
  hevc: 'hvc1',
  av1: 'av01',
  aac: 'mp4a',
  opus: 'Opus',
  mp3: '.mp3',
};
/** Whose coded frames begin with a composition time. */
const withComposition = ['avc1', 'hvc1'];
const sequenceStart = 0;
const codedFrames = 1;

function tag(type: number, millis: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(11);
  head[0] = type;
  head.writeUIntBE(body.length, 1, 3);
  head.writeUIntBE(millis & 0xffffff, 4, 3);
  head[7] = millis >>> 24;
  const back = Buffer.alloc(4);
  back.writeUInt32BE(body.length + 11);
  return Buffer.concat([head, body, back]);
}

/** ffprobe prints extradata as a hex dump. */
function extradataOf(stream: ProbedStream): Buffer {
  const lines = stream.extradata.split('\n').filter((line) => line !== '');
  return Buffer.from(lines.map((line) => line.slice(10, 50).replaceAll(' ', '')).join(''), 'hex');
}

function probe(file: string): { streams: ProbedStream[]; packets: ProbedPacket[] } {
  const args = ['-v', 'error', '-show_streams', '-show_data', '-show_packets', '-of', 'json', file];
  const { stdout, status, stderr } = spawnSync('ffprobe', args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  assert.equal(status, 0, stderr);
  const { streams, packets_and_frames, packets } = JSON.parse(stdout) as {
    streams: ProbedStream[];
    packets?: ProbedPacket[];
    packets_and_frames?: ProbedPacket[];
  };
  return { streams, packets: packets ?? packets_and_frames ?? [] };
}

/** Writes `flv`; times are moved so that none is below 0. */
export function writeEnhancedFlv(mp4: string, flv: string): void {
  const { streams, packets } = probe(mp4);
  const bytes = readFileSync(mp4);
  const tags: Buffer[] = [Buffer.from('464c5601050000000900000000', 'hex')];
  const heads = streams.map(({ codec_name, codec_type }) => {
    const fourCc = fourCcs[codec_name];
    assert.ok(fourCc, codec_name);
    const isVideo = codec_type === 'video';
    const head = (packetType: number, isKey: boolean) => {
      const first = isVideo ? 0x80 | (isKey ? 0x10 : 0x20) | packetType : 0x90 | packetType;
      return Buffer.concat([Buffer.of(first), Buffer.from(fourCc, 'latin1')]);
    };
    return { head, type: isVideo ? 9 : 8, hasComposition: withComposition.includes(fourCc) };
  });
  streams.forEach((stream, index) => {
    const { head, type } = heads[index]!;
    tags.push(tag(type, 0, head(sequenceStart, true), extradataOf(stream)));
  });
  const millis = (seconds: string) => Math.round(Number(seconds) * 1000);
  const shift = -Math.min(0, ...packets.map((packet) => millis(packet.dts_time)));
  const sorted = [...packets].sort((a, b) => Number(a.dts_time) - Number(b.dts_time));
  for (const packet of sorted) {
    const { head, type, hasComposition } = heads[packet.stream_index]!;
    const composition = Buffer.alloc(hasComposition ? 3 : 0);
    if (hasComposition) composition.writeIntBE(millis(packet.pts_time) - millis(packet.dts_time), 0, 3);
    const data = bytes.subarray(Number(packet.pos), Number(packet.pos) + Number(packet.size));
    tags.push(
      tag(type, millis(packet.dts_time) + shift, head(codedFrames, packet.flags.startsWith('K')), composition, data),
    );
  }
  writeFileSync(flv, Buffer.concat(tags));
}
