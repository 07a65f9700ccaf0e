// From the making of a frame to its showing in a browser, by a clock that is burnt into the picture.
//
// A machine that is busy is late: the test asserts that the clock can be read, and no figure. To measure, give it time:
//     WEIR_SECONDS=30 node --test dist/test/browser/latency.test.js
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchBrowser, openPage } from './support/browser.js';
import { frameRate, publishClock, readLatencies } from './support/clock.js';
import { frames } from './support/picture.js';
import { startSite } from './support/site.js';

const seconds = Number(process.env['WEIR_SECONDS'] ?? 0);
/** Until playback has found its distance. */
const settling = 10;

const lowLatency = 'hls { enabled on; hls_fragment 2; hls_low_latency on; }';
const hls = 'hls { enabled on; hls_fragment 2; }';
const ways = [
  { protocol: 'ws-flv', delay: 'shortest', vhost: '' },
  { protocol: 'ws-flv', delay: 'short', vhost: '' },
  { protocol: 'flv', delay: 'short', vhost: '' },
  { protocol: 'll-hls', delay: 'short', vhost: lowLatency },
  { protocol: 'hls', delay: 'short', vhost: hls },
] as const;

const rows: string[] = [];

function tell(what: string, latencies: readonly number[]): void {
  const sorted = latencies.toSorted((one, other) => one - other);
  const at = (share: number): string => String(sorted[Math.floor(share * (sorted.length - 1))]).padStart(6);
  rows.push(`| ${what.padEnd(18)} | ${at(0.5)} | ${at(0.95)} | ${at(1)} |`);
}

describe('latency in the browser', () => {
  let browser: Browser;
  before(async () => (browser = await launchBrowser()));
  after(async () => {
    await browser.close();
    if (seconds > 0) {
      console.log(`| milliseconds       |    p50 |    p95 |    max |\n|---|---:|---:|---:|\n${rows.join('\n')}`);
    }
  });

  for (const { protocol, delay, vhost } of ways) {
    test(`${protocol}, ${delay}`, async (context) => {
      const site = await startSite(context, { vhost });
      publishClock(site.url('clock'), { gop: 2 }, (end) => context.after(end));
      const url = site.page('player.html', { app: 'live', stream: 'clock', autostart: 'true', protocol, delay });
      const page = await openPage(context, browser, url);
      await frames(page, seconds > 0 ? settling * frameRate : 5);
      const latencies = await readLatencies(page, Math.max(25, seconds * frameRate));
      assert.ok(latencies.every((latency) => latency > 0 && Number.isFinite(latency)));
      tell(`${protocol}, ${delay}`, latencies);
    });
  }
});
