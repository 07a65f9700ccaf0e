// The wall: ten streams on one page, over WebSockets, which a browser does not count towards its connections to one host.
import assert from 'node:assert/strict';
import { after, before, describe, test, type TestContext } from 'node:test';
import type { Browser } from 'playwright-core';
import { fixture, publishWithFfmpeg } from '../e2e/support/media.js';
import { launchBrowser, openPage } from './support/browser.js';
import { assertShown, frames, text } from './support/picture.js';
import { startSite, type Site } from './support/site.js';

const loop = ['-stream_loop', '-1'];
const names = Array.from({ length: 10 }, (_, index) => `s${String(index)}`);

function publishAll(context: TestContext, site: Site, streams: readonly string[]): void {
  for (const stream of streams) publishWithFfmpeg(context, fixture('h264-aac'), site.url(stream), [], loop);
}

describe('the wall', () => {
  let browser: Browser;
  before(async () => (browser = await launchBrowser()));
  after(() => browser.close());

  test('plays ten streams side by side over WS-FLV', async (context) => {
    const site = await startSite(context);
    publishAll(context, site, names);
    const streams = names.map((name) => `live/${name}`).join(',');
    const page = await openPage(context, browser, site.page('wall.html', { streams }));
    const sockets = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
    assert.deepEqual(
      sockets.filter((name) => /\.flv/.test(name)),
      [],
      'no stream came by a request',
    );
    const playback = await frames(page, 25);
    assert.equal(playback.length, 10);
    await assertShown(page);
    for (const name of names) await text(page, `[data-name="live/${name}"] [data-part=figures]`, /WS-FLV · 108p/);
    assert.equal(site.process.output().match(/"type":"playing".*"protocol":"ws-flv"/g)?.length, 10);
  });

  test('gives sound to one at a time', async (context) => {
    const site = await startSite(context);
    publishAll(context, site, names.slice(0, 2));
    const page = await openPage(context, browser, site.page('wall.html', { streams: 'live/s0,live/s1' }));
    const muted = (): Promise<boolean[]> =>
      page.evaluate(() => [...document.querySelectorAll('video')].map((video) => video.muted));
    await frames(page, 5);
    assert.deepEqual(await muted(), [true, true]);
    await page.getByRole('button', { name: 'Sound of live/s0' }).click();
    assert.deepEqual(await muted(), [false, true]);
    await page.getByRole('button', { name: 'Sound of live/s1' }).click();
    assert.deepEqual(await muted(), [true, false]);
    await page.getByRole('button', { name: 'Sound of live/s1' }).click();
    assert.deepEqual(await muted(), [true, true]);
  });

  test('keeps what is on it in its address', async (context) => {
    const site = await startSite(context);
    publishAll(context, site, names.slice(0, 2));
    const page = await openPage(context, browser, site.page('wall.html'));
    await page.getByLabel('App and stream').fill('live/s0');
    await page.keyboard.press('Enter');
    await page.getByLabel('App and stream').fill('s1');
    await page.keyboard.press('Enter');
    await page.getByLabel('App and stream').fill('s0');
    await page.keyboard.press('Enter');
    await text(page, '#typed-error', /on the wall already/);
    assert.match(page.url(), /streams=live\/s0,live\/s1(&|$)/);
    await page.reload();
    assert.equal((await frames(page, 5)).length, 2);
    await page.getByRole('button', { name: 'Remove live/s0' }).click();
    assert.match(page.url(), /streams=live\/s1(&|$)/);
    await text(page, '#count', /^1 of at most 10$/);
  });

  test('adds all that is live', async (context) => {
    const site = await startSite(context);
    publishAll(context, site, names.slice(0, 3));
    const page = await openPage(context, browser, site.page('wall.html'));
    // The server writes its list every few seconds.
    await page.waitForFunction(() => document.querySelectorAll('#live-streams option').length === 3);
    await page.getByRole('button', { name: 'Add all that is live' }).click();
    await text(page, '#count', /^3 of at most 10$/);
  });
});
