// The player page in a real browser: it plays by every protocol, and tells a viewer what is wrong when it can't.
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { after, before, describe, test, type TestContext } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { fixture, publishWithFfmpeg, type Fixture } from '../e2e/support/media.js';
import type { Running } from '../e2e/support/process.js';
import { launchBrowser, openPage } from './support/browser.js';
import { assertShown, frames, playbackOf, text } from './support/picture.js';
import { startSite, type Site } from './support/site.js';

const loop = ['-stream_loop', '-1'];

const plainHls = 'hls { enabled on; hls_fragment 1; }';
const ways = [
  { protocol: 'auto', vhost: '', shown: /^WS-FLV$/ },
  { protocol: 'ws-flv', vhost: '', shown: /^WS-FLV$/ },
  { protocol: 'flv', vhost: '', shown: /^HTTP-FLV$/ },
  { protocol: 'hls', vhost: plainHls, shown: /^HLS$/ },
  { protocol: 'll-hls', vhost: plainHls, shown: /^HLS$/ },
  {
    protocol: 'll-hls',
    vhost: 'hls { enabled on; hls_fragment 2; hls_low_latency on; }',
    shown: /^LL-HLS, parts of 0\.\d\d s$/,
  },
] as const;

/** Publishes a fixture again and again. */
function publish(context: TestContext, site: Site, name: Fixture, stream: string): Running {
  return publishWithFfmpeg(context, fixture(name), site.url(stream), [], loop);
}

describe('the player page', () => {
  let browser: Browser;
  before(async () => (browser = await launchBrowser()));
  after(() => browser.close());

  const open = (context: TestContext, site: Site, query: Readonly<Record<string, string>>): Promise<Page> =>
    openPage(context, browser, site.page('player.html', { app: 'live', autostart: 'true', ...query }));

  for (const { protocol, vhost, shown } of ways) {
    test(`plays by ${protocol}${vhost === '' ? '' : `, ${vhost}`}`, async (context) => {
      const site = await startSite(context, { vhost });
      publish(context, site, 'h264-aac', 's');
      const page = await open(context, site, { stream: 's', protocol });
      await text(page, '#state', /On air/);
      const [playback] = await frames(page, 25);
      assert.deepEqual([playback?.width, playback?.height], [192, 108]);
      await assertShown(page);
      await text(page, '[data-figure=protocol]', shown);
      await text(page, '[data-figure=resolution]', /192 × 108/);
      await text(page, '[data-figure=video]', /H\.264/);
      await text(page, '[data-figure=audio]', /AAC/);
      await text(page, '[data-figure=bitrate]', /\d [kM]bit/);
      await text(page, '[data-figure=latency]', /\d s/);
    });
  }

  test('plays HLS by the browser itself where there is no Media Source', async (context) => {
    const site = await startSite(context, { vhost: plainHls });
    publish(context, site, 'h264-aac', 's');
    const page = await open(context, site, { stream: 's', autostart: 'false' });
    const type = 'application/vnd.apple.mpegurl';
    const isNative = await page.evaluate((type) => document.createElement('video').canPlayType(type), type);
    await page.addInitScript(() => Reflect.deleteProperty(globalThis, 'MediaSource'));
    await page.reload();
    await page.keyboard.press('k');
    if (isNative === '') {
      // Chromium before 142.
      await text(page, '#notice-title', /^This browser can’t play it$/);
      return;
    }
    await frames(page, 25);
    await assertShown(page);
    await text(page, '[data-figure=protocol]', /browser’s own/);
  });

  for (const name of ['video-only', 'h264-mp3'] as const) {
    test(`plays ${name}`, async (context) => {
      const site = await startSite(context);
      publish(context, site, name, 's');
      const page = await open(context, site, { stream: 's' });
      await frames(page, 25, name !== 'video-only');
      await assertShown(page);
    });
  }

  test('plays a stream of another vhost by the parameters of SRS’s pages', async (context) => {
    const site = await startSite(context, { vhosts: 'vhost other.example { }' });
    const url = `${site.url('s')}?vhost=other.example`;
    publishWithFfmpeg(context, fixture('h264-aac'), url, [], loop);
    const page = await open(context, site, { server: '127.0.0.1', vhost: 'other.example', stream: 's' });
    await frames(page, 10);
    const rtmp = await page.locator('#urls li', { hasText: 'RTMP' }).locator('code').textContent();
    assert.equal(rtmp, `rtmp://127.0.0.1:${String(site.port)}/live/s?vhost=other.example`);
  });

  test('waits for a stream that is not on air, and starts with it', async (context) => {
    const site = await startSite(context);
    const page = await open(context, site, { stream: 'later' });
    await text(page, '#notice-title', /^Not on air$/);
    publish(context, site, 'h264-aac', 'later');
    await frames(page, 10);
    await text(page, '#state', /On air/);
  });

  test('says that a stream is not on air where the server refuses to wait, and comes back to it', async (context) => {
    const site = await startSite(context, { vhost: 'play_wait off;' });
    const page = await open(context, site, { stream: 'later' });
    await text(page, '#notice-title', /^Not on air$/);
    await text(page, '#notice-detail', /Next attempt in \d+ s · status 404/);
    publish(context, site, 'h264-aac', 'later');
    await frames(page, 10);
  });

  test('says that a stream has ended, and plays on when it comes back', async (context) => {
    const site = await startSite(context, { vhost: 'republish_wait 0; republish_end close;' });
    const publisher = publish(context, site, 'h264-aac', 's');
    const page = await open(context, site, { stream: 's' });
    await frames(page, 10);
    await publisher.stop();
    await text(page, '#notice-title', /^The stream has ended$|^Not on air$/);
    publish(context, site, 'h264-aac', 's');
    await text(page, '#state', /On air/);
    await frames(page, 10);
  });

  test('plays on when a publisher returns within republish_wait', async (context) => {
    const site = await startSite(context, { vhost: 'republish_wait 30;' });
    const publisher = publish(context, site, 'h264-aac', 's');
    const page = await open(context, site, { stream: 's' });
    await frames(page, 10);
    await publisher.stop();
    await text(page, '#state', /Waiting/);
    publish(context, site, 'h264-aac', 's');
    await text(page, '#state', /On air/);
    await frames(page, 25);
  });

  test('says that the connection is lost, and connects again', async (context) => {
    const site = await startSite(context);
    publish(context, site, 'h264-aac', 's');
    const page = await open(context, site, { stream: 's' });
    await frames(page, 10);
    await site.process.stop('SIGKILL');
    await text(page, '#notice-title', /^Connection lost$/);
    await text(page, '#notice-detail', /Next attempt in \d+ s/);
    await site.restart(context);
    publish(context, site, 'h264-aac', 's');
    await text(page, '#state', /On air/);
    await frames(page, 10);
  });

  test('says that a format is not supported', async (context) => {
    const site = await startSite(context);
    publish(context, site, 'sorenson-mp3', 's');
    const page = await open(context, site, { stream: 's', protocol: 'ws-flv' });
    await text(page, '#notice-title', /^Format not supported$/);
    assert.equal(await page.locator('#again').isVisible(), true);
  });

  test('says that a viewer is not allowed', async (context) => {
    const site = await startSite(context, { vhost: 'security { enabled on; allow publish all; deny play all; }' });
    publish(context, site, 'h264-aac', 's');
    for (const protocol of ['ws-flv', 'flv']) {
      const page = await open(context, site, { stream: 's', protocol });
      await text(page, '#notice-title', /^Not allowed$/);
      await text(page, '#notice-detail', /^status 403$/);
      assert.equal(await page.locator('#again').isVisible(), true);
    }
  });

  test('says that the server is busy, and tries again', async (context) => {
    const site = await startSite(context);
    await using refusing = await refuseAll(503);
    const page = await open(context, site, { http_port: String(refusing.port), stream: 's' });
    await text(page, '#notice-title', /^The server is busy$/);
    await text(page, '#notice-detail', /^Next attempt in \d+ s · status 503$/);
  });

  test('goes another way where WebSockets are blocked', async (context) => {
    const site = await startSite(context);
    publish(context, site, 'h264-aac', 's');
    const page = await open(context, site, { stream: 's', autostart: 'false' });
    await page.routeWebSocket(/./, (socket) => socket.close());
    await page.reload();
    await page.keyboard.press('k');
    await frames(page, 10);
    await text(page, '[data-figure=protocol]', /HTTP-FLV/);
    await page.locator('#protocol').selectOption('ws-flv');
    await text(page, '#notice-title', /^Way blocked$/);
  });

  test('notices a network that is gone without a word', async (context) => {
    const site = await startSite(context);
    const publisher = publish(context, site, 'h264-aac', 's');
    const page = await open(context, site, { stream: 's' });
    await frames(page, 10);
    site.process.child.kill('SIGSTOP');
    await text(page, '#state', /Waiting/);
    await text(page, '#notice-title', /^Connection lost$/);
    await publisher.stop('SIGKILL');
    site.process.child.kill('SIGCONT');
    await site.logged({ type: 'unpublished' });
    publish(context, site, 'h264-aac', 's');
    await text(page, '#state', /On air/);
    await frames(page, 10);
  });

  test('plays on when a publisher returns with another codec', async (context) => {
    const site = await startSite(context, { vhost: 'republish_wait 30;' });
    const publisher = publish(context, site, 'h264-aac', 's');
    const page = await open(context, site, { stream: 's' });
    await frames(page, 10);
    await publisher.stop();
    publish(context, site, 'h264-mp3', 's');
    await text(page, '[data-figure=audio]', /MP3/);
    await frames(page, 25);
  });

  test('says that there is only sound', async (context) => {
    const site = await startSite(context);
    publish(context, site, 'audio-only', 's');
    const page = await open(context, site, { stream: 's' });
    await text(page, '#state', /On air/);
    await page.waitForSelector('#sound-only:not([hidden])');
    const [before] = await playbackOf(page);
    await page.waitForFunction(
      (least) => (document.querySelector('video')?.currentTime ?? 0) > least + 1,
      before!.time,
    );
    assert.ok((await playbackOf(page))[0]!.audioBytes > before!.audioBytes);
  });

  test('starts nothing by itself without autostart', async (context) => {
    const site = await startSite(context);
    publish(context, site, 'h264-aac', 's');
    const page = await open(context, site, { stream: 's', autostart: 'false' });
    await assert.rejects(assertShown(page), /black/);
    await page.getByRole('button', { name: 'Play', exact: true }).first().click();
    await frames(page, 10);
  });

  test('begins again where media comes in and the picture does not move', async (context) => {
    const site = await startSite(context);
    publish(context, site, 'h264-aac', 's');
    const script = (): void => {
      const { prototype } = HTMLMediaElement;
      const play = Object.getOwnPropertyDescriptor(prototype, 'play')?.value as () => Promise<void>;
      prototype.play = () => {
        prototype.play = play;
        return Promise.reject(new DOMException('', 'AbortError'));
      };
    };
    const url = site.page('player.html', { app: 'live', autostart: 'true', stream: 's' });
    const page = await openPage(context, browser, url, { script });
    await text(page, '#notice-title', /^Broken picture$/);
    await frames(page, 10);
  });

  test('is played with keys', async (context) => {
    const site = await startSite(context);
    publish(context, site, 'h264-aac', 's');
    const page = await open(context, site, { stream: 's', autostart: 'false' });
    await page.keyboard.press('k');
    await frames(page, 10);
    await page.keyboard.press('m');
    assert.equal(await page.evaluate(() => document.querySelector('video')?.muted), true);
    await page.keyboard.press(' ');
    await text(page, '#state', /Paused/);
    const [paused] = await playbackOf(page);
    await page.keyboard.press(' ');
    await text(page, '#state', /On air/);
    assert.ok((await frames(page, 5))[0]!.time > paused!.time);
    // In a field a key is a letter.
    await page.locator('#p-stream').press('End');
    await page.keyboard.type('km');
    assert.equal(await page.locator('#p-stream').inputValue(), 'skm');
    await text(page, '#state', /On air/);
  });

  test('follows the latency that was asked for, while it plays', async (context) => {
    const site = await startSite(context);
    publish(context, site, 'h264-aac', 's');
    const page = await open(context, site, { stream: 's' });
    await frames(page, 10);
    await page.getByText('Steady').click();
    await latency(page, 1.5, 3);
    await page.getByText('Shortest').click();
    await latency(page, 0, 1.2);
    assert.equal(await page.locator('#delay-target').inputValue(), '0.25');
    await page.reload();
    assert.equal(await page.locator('#delay-shortest').isChecked(), true, 'the browser keeps it');
  });

  test('changes the protocol while it plays', async (context) => {
    const site = await startSite(context);
    publish(context, site, 'h264-aac', 's');
    const page = await open(context, site, { stream: 's' });
    await frames(page, 10);
    await page.locator('#protocol').selectOption('flv');
    await text(page, '[data-figure=protocol]', /HTTP-FLV/);
    await frames(page, 10);
  });
});

describe('a browser that wants a gesture', () => {
  let browser: Browser;
  before(async () => (browser = await launchBrowser({ autoplay: false })));
  after(() => browser.close());

  test('asks for a tap where nothing plays without one', async (context) => {
    const site = await startSite(context);
    publish(context, site, 'h264-aac', 's');
    const page = await openPage(context, browser, site.page('player.html', { app: 'live', stream: 's' }));
    await page.evaluate(() => {
      const { prototype } = HTMLMediaElement;
      const play = Object.getOwnPropertyDescriptor(prototype, 'play')?.value as () => Promise<void>;
      prototype.play = () => Promise.reject(new DOMException('', 'NotAllowedError'));
      document.addEventListener('click', () => (prototype.play = play), { capture: true });
    });
    await page.keyboard.press('k');
    await text(page, '#notice-title', /^Press play to watch$/);
    await page.locator('#start').click();
    await frames(page, 10);
  });

  test('plays without sound, and offers it', async (context) => {
    const site = await startSite(context);
    publish(context, site, 'h264-aac', 's');
    const url = site.page('player.html', { app: 'live', stream: 's', autostart: 'true' });
    const script = (): void =>
      document.addEventListener('volumechange', () => console.log('the sound has changed'), { capture: true });
    const page = await openPage(context, browser, url, { script, logs: 'the sound has changed' });
    await frames(page, 10);
    const offer = page.getByRole('button', { name: /Sound is off/ });
    await offer.click();
    await page.waitForFunction(() => document.querySelector('video')?.muted === false);
    await offer.waitFor({ state: 'hidden' });
    await frames(page, 10);
  });
});

/** Waits until the page says that it is so many seconds behind. */
async function latency(page: Page, above: number, below: number): Promise<void> {
  await page.waitForFunction(
    ([above, below]) => {
      const shown = Number.parseFloat(document.querySelector('[data-figure=latency]')?.textContent ?? '');
      return shown > above && shown < below;
    },
    [above, below] as const,
    { timeout: 40_000, polling: 100 },
  );
}

/** A server that answers every request with one status, as one with access control does. */
async function refuseAll(status: number): Promise<{ port: number } & AsyncDisposable> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      const head = `HTTP/1.1 ${String(status)} No\r\nAccess-Control-Allow-Origin: *\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`;
      socket.end(head);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert.ok(address && typeof address === 'object');
  return {
    port: address.port,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
