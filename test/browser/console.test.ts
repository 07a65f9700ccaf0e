// The console in a real browser, at the API's port of a real server: what it shows is what the API says, and what is done
// there happens.
import assert from 'node:assert/strict';
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test, type TestContext } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { startWithApi, type Clients, type WithApi } from '../e2e/support/api.js';
import { fixture, publishForEver } from '../e2e/support/media.js';
import { start } from '../e2e/support/process.js';
import { temporaryFolder } from '../e2e/support/servers.js';
import { launchBrowser, openPage, type PageOptions } from './support/browser.js';
import { text } from './support/picture.js';

const password = 'correct-horse';
const credentials = { username: 'admin', password };
const headers = { authorization: `Basic ${Buffer.from(`admin:${password}`).toString('base64')}` };

const startGuarded = (context: TestContext): Promise<WithApi> =>
  startWithApi(context, { api: `auth admin:${password};`, headers });

interface Rated {
  readonly streams: readonly { readonly kbps: { readonly recv_30s: number } }[];
}

/** `366 kbit/s`, `1.12 Mbit/s`. */
function kbpsOf(shown: string): number {
  const [, value = '', unit] = /^([\d.]+) ([kM])bit\/s$/.exec(shown) ?? [];
  return Number(value) * (unit === 'M' ? 1000 : 1);
}

describe('the console', () => {
  let browser: Browser;
  before(async () => (browser = await launchBrowser()));
  after(() => browser.close());

  const open = (context: TestContext, weir: WithApi, options: PageOptions = {}): Promise<Page> =>
    openPage(context, browser, `${weir.api}/console`, { httpCredentials: credentials, ...options });

  test('is for those with the password', async (context) => {
    const weir = await startGuarded(context);
    for (const path of ['/console', '/console/']) {
      const response = await fetch(`${weir.api}${path}`, { redirect: 'manual' });
      assert.equal(response.status, 401);
      assert.match(response.headers.get('www-authenticate') ?? '', /^Basic /);
    }
    const own = await browser.newContext({ httpCredentials: { ...credentials, password: 'wrong-horse' } });
    context.after(() => own.close());
    const page = await own.newPage();
    const response = await page.goto(`${weir.api}/console/`);
    assert.equal(response?.status(), 401);
    assert.equal(await page.locator('#streams').count(), 0);
    // Viewers find none of it where they look.
    assert.equal((await fetch(`http://127.0.0.1:${String(weir.http)}/console/`)).status, 404);
  });

  test('shows what the API says, as it comes and goes', async (context) => {
    const weir = await startGuarded(context);
    const page = await open(context, weir);
    await text(page, '#events-state', /^Connected/);
    await text(page, '#no-streams', /Nobody/);
    const publisher = publishForEver(context, fixture('h264-aac'), weir.url('s'));
    await text(page, '#streams tbody', /live\/s/);
    await text(page, '#events', /published/);
    await text(page, '[data-title=Video]', /^H\.264 192 × 108$/);
    await text(page, '[data-title=Audio]', /^AAC$/);
    // Over 30 seconds: what is compared must not change between two looks.
    await weir.until<Rated>('/api/v1/streams', ({ streams: [s] }) => (s?.kbps.recv_30s ?? 0) > 100);
    let [shown, told] = [0, 1];
    for (let tries = 0; tries < 100 && Math.abs(shown - told) > 0.05 * told; tries += 1) {
      await page.waitForTimeout(100);
      const reply = (await weir.json('/api/v1/streams')) as unknown as Rated;
      shown = kbpsOf((await page.locator('#streams [data-title=In]').textContent()) ?? '');
      told = reply.streams[0]?.kbps.recv_30s ?? 0;
    }
    assert.ok(
      Math.abs(shown - told) <= 0.05 * told,
      `the console shows ${String(shown)}, the API says ${String(told)}`,
    );
    await page.waitForFunction(() => (document.querySelector('.plot .line')?.getAttribute('points') ?? '') !== '');
    await publisher.stop();
    await text(page, '#events', /unpublished/);
  });

  test('ends a client', async (context) => {
    const weir = await startGuarded(context);
    publishForEver(context, fixture('h264-aac'), weir.url('s'));
    await weir.logged({ type: 'published' });
    const player = start(context, 'ffmpeg', ['-v', 'error', '-i', weir.url('s'), '-c', 'copy', '-f', 'null', '-']);
    await weir.logged({ type: 'playing', protocol: 'rtmp' });
    const page = await open(context, weir);
    const questions: string[] = [];
    page.on('dialog', (dialog) => {
      questions.push(dialog.message());
      void dialog.accept();
    });
    // By keyboard.
    await page.getByRole('button', { name: /^Kick .*rtmp-play/ }).press('Enter');
    await text(page, '#told', /^Ended: client \d+ \(rtmp-play, 127\.0\.0\.1\)\.$/);
    await player.ended;
    assert.match(questions[0] ?? '', /^End client \d+/);
    const { clients } = await weir.until<Clients>('/api/v1/clients', ({ total }) => total === 1);
    assert.equal(clients[0]?.publish, true);
  });

  test('reloads the configuration, and names what is wrong with it', async (context) => {
    const weir = await startGuarded(context);
    const page = await open(context, weir);
    const reload = page.getByRole('button', { name: 'Reload configuration' });
    await reload.click();
    await text(page, '#told', /^Nothing has changed\.$/);
    const file = join(weir.folder, 'weir.conf');
    appendFileSync(file, 'vhost new.example { }\n');
    await reload.click();
    await text(page, '#told', /^Applied: vhost/);
    appendFileSync(file, 'gop_cash on;\n');
    await reload.click();
    await text(page, '#told', /gop_cash/);
    assert.equal(await page.locator('#told').getAttribute('data-state'), 'fault');
  });

  test('shows what ffmpeg makes, where streams are copied to and what is recorded', async (context) => {
    const folder = temporaryFolder(context);
    const weir = await startWithApi(context, {
      api: `auth admin:${password};`,
      headers,
      vhost: `forward 127.0.0.1:1;
        dvr { enabled on; dvr_path ${folder}/[stream].flv; }
        transcode { enabled on; ffmpeg /usr/bin/ffmpeg;
          engine small { enabled on; vcodec copy; acodec copy; output rtmp://127.0.0.1:[port]/other/[stream]_[engine]; }
          engine broken { enabled on; vfilter { vf no_such_filter; } vcodec libx264; acodec an; output rtmp://127.0.0.1:[port]/other/x; max_restarts 0; } }`,
    });
    const page = await open(context, weir);
    await text(page, '#events-state', /^Connected/);
    assert.ok(await page.locator('#transcodes').isHidden());
    const publisher = publishForEver(context, fixture('h264-aac'), weir.url('s'));
    const row = (table: string, name: RegExp) => page.locator(`#${table} tbody tr`).filter({ hasText: name });
    const small = row('transcodes', /small/);
    await small
      .locator('[data-title=State]')
      .filter({ hasText: /^running$/ })
      .waitFor();
    await small
      .locator('[data-title=Speed]')
      .filter({ hasText: /^[01]\.\d\d ×$/ })
      .waitFor();
    const broken = row('transcodes', /broken/);
    await broken
      .locator('[data-title=State].fault')
      .filter({ hasText: /^failed: / })
      .waitFor();
    await broken.locator('summary').click();
    await broken
      .locator('pre')
      .filter({ hasText: /no_such_filter/ })
      .waitFor();
    await row('forwards', /127\.0\.0\.1:1\/live\/s/)
      .locator('.fault')
      .filter({ hasText: /^waiting: / })
      .waitFor();
    const recording = row('recordings', /\/s\.flv/);
    await recording
      .locator('[data-title=State]')
      .filter({ hasText: /^recording$/ })
      .waitFor();
    assert.ok(await recording.getByText('Download').isHidden());
    await publisher.stop();
    await recording
      .locator('[data-title=State]')
      .filter({ hasText: /^finished$/ })
      .waitFor();
    const [file] = await Promise.all([page.waitForEvent('download'), recording.getByText('Download').click()]);
    assert.equal(file.suggestedFilename(), 's.flv');
    assert.equal(
      readFileSync(await file.path())
        .subarray(0, 3)
        .toString(),
      'FLV',
    );
  });

  test('takes names for text, and fits a phone', async (context) => {
    const weir = await startGuarded(context);
    const page = await open(context, weir, { viewport: { width: 390, height: 844 } });
    publishForEver(context, fixture('h264-aac'), weir.url('<b>bold'));
    await text(page, '#streams tbody', /live\/<b>bold/);
    await text(page, '#events', /<b>bold/);
    assert.equal(await page.locator('b').count(), 0);
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 390);
  });
});
