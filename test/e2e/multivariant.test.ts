// The multivariant playlist of a stream and of what transcodes made of it: what it says of them is what they are.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { fixture, publishForEver } from './support/media.js';
import { engine, startTranscoding, transcode } from './support/transcodes.js';

const run = promisify(execFile);

interface Listed {
  readonly bandwidth: number;
  readonly codecs: string;
  readonly resolution: string | undefined;
  readonly uri: string;
}

function read(text: string): Listed[] {
  const found = text.matchAll(/^#EXT-X-STREAM-INF:BANDWIDTH=(\d+),.*CODECS="([^"]*)"(?:,RESOLUTION=(\S+))?\n(.*)$/gm);
  return [...found].map(([, bandwidth, codecs = '', resolution, uri = '']) => ({
    ...{ bandwidth: Number(bandwidth), codecs, resolution, uri },
  }));
}

/** The highest rate of the fragments that a list names: bits per second. */
async function peakOf(url: string): Promise<number> {
  const text = await (await fetch(url)).text();
  const pieces = [...text.matchAll(/#EXTINF:([\d.]+),\n(.*)/g)];
  const rates = pieces.map(async ([, seconds, uri = '']) => {
    const bytes = (await (await fetch(new URL(uri, url))).arrayBuffer()).byteLength;
    return (bytes * 8) / Number(seconds);
  });
  return Math.max(...(await Promise.all(rates)));
}

async function probe(url: string): Promise<string[]> {
  const entries = ['-show_entries', 'stream=codec_name,profile,width,height', '-of', 'compact=p=0'];
  const { stdout } = await run('ffprobe', ['-v', 'error', ...entries, url], { timeout: 60_000, killSignal: 'SIGKILL' });
  return stdout.trim().split('\n');
}

test('a stream and its transcodes are listed with what they are', async (context) => {
  const small = 'vprofile main; vpreset superfast; vwidth 96; vheight 54; vbitrate 60; vparams { g 25; } abitrate 32;';
  const weir = await startTranscoding(context, {
    vhost: `hls { enabled on; hls_fragment 1; hls_window 30; }
      ${transcode(
        engine('small', { vcodec: 'libx264', acodec: 'aac', more: small }) + engine('sound', { vcodec: 'vn' }),
      )}`,
  });
  publishForEver(context, fixture('h264-aac'), weir.url('a b'), ['-rtmp_playpath', 'a b']);
  const base = `http://127.0.0.1:${String(weir.http)}/live/a%20b`;
  await weir.logged({ type: 'published', stream: 'a b_sound' });
  let response = await fetch(`${base}/index.m3u8`);
  // A list that is waited for is answered with 503 after a while.
  for (const until = Date.now() + 60_000; response.status !== 200 && Date.now() < until;) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    response = await fetch(`${base}/index.m3u8`);
  }
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('content-type'), 'application/vnd.apple.mpegurl');
  const listed = read(await response.text());
  assert.deepEqual(
    // Constraints and level are the encoder's choice.
    listed.map(({ codecs, resolution, uri }) => [uri, resolution, codecs.replace(/(avc1\...)..../, '$1')]),
    [
      ['../a%20b.m3u8', '192x108', 'avc1.42,mp4a.40.2'],
      ['../a%20b_small.m3u8', '96x54', 'avc1.4D,mp4a.40.2'],
      ['../a%20b_sound.m3u8', undefined, 'mp4a.40.2'],
    ],
  );
  for (const { uri, bandwidth } of listed) {
    const peak = await peakOf(new URL(uri, `${base}/index.m3u8`).href);
    assert.ok(bandwidth > 0.5 * peak && bandwidth < 3 * peak, `${uri}: ${String(bandwidth)} of ${String(peak)}`);
  }
  const streams = await probe(`${base}/index.m3u8`);
  for (const wanted of ['width=192|height=108', 'width=96|height=54']) {
    assert.ok(
      streams.some((line) => line.includes(wanted)),
      streams.join('\n'),
    );
  }
});
