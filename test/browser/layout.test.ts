// Every page on a phone and on a desk, in both lights, and by keyboard alone: nothing sticks out, everything has a name,
// and text can be read on its ground.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { fixture, publishWithFfmpeg } from '../e2e/support/media.js';
import { freePort, startWeir } from '../e2e/support/servers.js';
import { launchBrowser, openPage } from './support/browser.js';
import { frames, text } from './support/picture.js';
import { startSite } from './support/site.js';

const live = (stream: string, more: Readonly<Record<string, unknown>> = {}): unknown => ({
  vhost: '__defaultVhost__',
  app: 'live',
  stream,
  videoCodec: 'H264',
  audioCodec: 'AAC',
  width: 1280,
  height: 720,
  kbps: 1430,
  viewers: 12,
  uptime: 754,
  protocols: ['flv'],
  ...more,
});
const streams = {
  streams: [
    live('sample'),
    live('a-stream-with-a-very-long-name-that-has-no-place-to-break-it-in-two'),
    live('s', { vhost: 'demo.example.com', app: 'studio', videoCodec: 'H265', uptime: 190_000, kbps: 12_345 }),
  ],
};

const pages = ['', 'player.html', 'wall.html', 'wall.html?streams=live/a,live/b,live/c'];
const sizes = { 'small phone': 360, phone: 390, tablet: 820, desk: 1280 } as const;

describe('layout', () => {
  let browser: Browser;
  before(async () => (browser = await launchBrowser()));
  after(() => browser.close());

  for (const [size, width] of Object.entries(sizes)) {
    test(`nothing is wider than a ${size}`, async (context) => {
      const site = await startSite(context);
      for (const name of pages) {
        const [path = '', query = ''] = name.split('?');
        const url = site.page(path, Object.fromEntries(new URLSearchParams(query)));
        const page = await openPage(context, browser, url, { streams, viewport: { width, height: 800 } });
        if (name === '') await text(page, '#streams', /sample/);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(wide <= 0, `/${name} is ${String(wide)} px too wide`);
        assert.deepEqual(await sticking(page), [], `/${name}`);
      }
    });
  }

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`text can be read in the ${colorScheme}`, async (context) => {
      const site = await startSite(context);
      for (const name of ['', 'player.html', 'wall.html']) {
        const page = await openPage(context, browser, site.page(name), {
          streams,
          colorScheme,
          reducedMotion: 'reduce',
        });
        if (name === '') await text(page, '#streams', /sample/);
        assert.equal(await page.evaluate(() => document.documentElement.dataset['bsTheme']), colorScheme);
        assert.deepEqual(await pale(page), [], `/${name}`);
      }
    });
  }

  test('colours can be chosen, and stay chosen', async (context) => {
    const site = await startSite(context);
    const page = await openPage(context, browser, site.page(''), { colorScheme: 'light' });
    const theme = (): Promise<string | undefined> => page.evaluate(() => document.documentElement.dataset['bsTheme']);
    await page.getByRole('button', { name: 'Colours: as the system' }).click();
    await page.getByRole('button', { name: 'Colours: light' }).click();
    assert.equal(await theme(), 'dark');
    await page.goto(site.page('player.html'));
    assert.equal(await theme(), 'dark');
    await page.getByRole('button', { name: 'Colours: dark' }).click();
    assert.equal(await theme(), 'light');
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.waitForSelector('html[data-bs-theme=dark]');
  });
});

describe('use', () => {
  let browser: Browser;
  before(async () => (browser = await launchBrowser()));
  after(() => browser.close());

  test('whatever can be used has a name and can be reached by Tab', async (context) => {
    const site = await startSite(context);
    for (const name of pages) {
      const [path = '', query = ''] = name.split('?');
      const url = site.page(path, Object.fromEntries(new URLSearchParams(query)));
      const page = await openPage(context, browser, url, { streams });
      if (name === '') await text(page, '#streams', /sample/);
      assert.deepEqual(await nameless(page), [], `/${name}`);
      assert.deepEqual(await unreached(page), [], `/${name}`);
    }
  });

  test('the home page leads to players, and to a wall of what was ticked', async (context) => {
    const site = await startSite(context);
    const page = await openPage(context, browser, site.page(''), { streams });
    await text(page, '#summary', /^3 streams, 36 viewers$/);
    const row = page.locator('.stream', { hasText: 'sample' });
    await text(page, '.stream', /1280 × 720.*H\.264, AAC.*1\.43 Mbit\/s.*12.*12:34/);
    for (const name of ['Select live/sample', 'Select studio/s']) await page.getByLabel(name).check();
    const wall = await page.locator('#selection-link').getAttribute('href');
    assert.match(wall ?? '', /streams=live\/sample,studio\/s%3Fvhost%3Ddemo.example.com/);
    await row.getByRole('link').click();
    await page.waitForURL(/player\.html\?.*app=live&stream=sample&autostart=true/);
    await text(page, '#title', /^sample live$/);
  });

  test('the home page shows what is on air, and says when there is nothing', async (context) => {
    const site = await startSite(context, { vhosts: 'vhost other.example { }' });
    const page = await openPage(context, browser, site.page(''));
    await text(page, '#empty-title', /^Nobody is on air$/);
    publishWithFfmpeg(context, fixture('h264-aac'), `${site.url('s')}?vhost=other.example`);
    await text(page, '.stream', /s.*live · other\.example.*192 × 108.*H\.264, AAC.*kbit\/s/);
    await page.getByRole('link', { name: /^s live/ }).click();
    await frames(page, 10);
    const gone = await openPage(context, browser, site.page('', { http_port: '9' }));
    await text(gone, '#empty-title', /can’t be reached/);
  });

  test('the home page says that the server does not list its streams', async (context) => {
    const http = await freePort();
    await startWeir(context, { global: `http_server { enabled on; listen 127.0.0.1:${String(http)}; }` });
    const page = await openPage(context, browser, `http://127.0.0.1:${String(http)}/`);
    await text(page, '#empty-title', /^This server does not list its streams$/);
  });

  test('a typed address opens the player, a wrong one is told', async (context) => {
    const site = await startSite(context);
    const page = await openPage(context, browser, site.page(''));
    await page.locator('#typed').fill('not an address');
    await page.keyboard.press('Enter');
    assert.equal(await page.locator('#typed-error').isVisible(), true);
    await page.locator('#typed').fill('rtmp://127.0.0.1/room/one');
    await page.keyboard.press('Enter');
    await page.waitForURL(/player\.html\?.*app=room&stream=one/);
  });

  test('addresses follow what is typed, and are copied', async (context) => {
    const site = await startSite(context);
    const query = { app: 'live', stream: 's', token: 't' };
    const page = await openPage(context, browser, site.page('player.html', query), {
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    await page.locator('#p-stream').fill('other');
    await page.locator('#p-vhost').fill('v');
    await page.getByRole('button', { name: 'Copy HLS' }).click();
    await text(page, '#announce', /^HLS copied$/);
    const wanted = `http://127.0.0.1:${String(site.http)}/live/other.m3u8?vhost=v&token=t`;
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), wanted);
    await page.locator('#typed').fill('rtmp://h:1936/a/b/c');
    assert.equal(await page.locator('#p-app').inputValue(), 'a/b');
    await text(page, '#urls', /rtmp:\/\/h:1936\/a\/b\/c/);
  });

  test('addresses of SRS’s pages lead to the player', async (context) => {
    const site = await startSite(context);
    for (const path of ['players/srs_player.html', 'players/']) {
      const page = await openPage(context, browser, site.page(path, { app: 'x', stream: 'y', vhost: 'v' }));
      await page.waitForURL(/\/player\.html\?.*app=x&stream=y&vhost=v/);
      await text(page, '#title', /^y x · v$/);
    }
  });
});

/** Elements whose text is cut off, or that stand beyond the page's edge. */
function sticking(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('main *, header *')]
      .filter((element) => element.checkVisibility() && !element.closest('.visually-hidden, svg'))
      .filter((element) => {
        const { left, right } = element.getBoundingClientRect();
        return right > innerWidth + 0.5 || left < -0.5;
      })
      .map((element) => element.outerHTML.slice(0, 100)),
  );
}

/** Texts with a contrast below 4.5 to the colour that is behind them. */
function pale(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const parse = (colour: string): number[] => (colour.match(/[\d.]+/g) ?? []).map(Number);
    const luminance = (colour: readonly number[]): number => {
      const [red = 0, green = 0, blue = 0] = colour.map((part) => {
        const value = part / 255;
        return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const ground = (element: Element | null): number[] => {
      for (let at = element; at; at = at.parentElement) {
        const colour = parse(getComputedStyle(at).backgroundColor);
        if ((colour[3] ?? 1) > 0.5 && colour.length >= 3) return colour.slice(0, 3);
      }
      return [255, 255, 255];
    };
    const hasText = (element: Element): boolean =>
      [...element.childNodes].some(
        (node) => node.nodeType === Node.TEXT_NODE && (node.textContent ?? '').trim() !== '',
      );
    return [...document.querySelectorAll<HTMLElement>('body *')]
      .filter((element) => hasText(element) && element.checkVisibility() && !element.closest('noscript, :disabled'))
      .map((element) => {
        const colours = [parse(getComputedStyle(element).color), ground(element)];
        const [light = 0, dark = 0] = colours.map(luminance).sort((one, other) => other - one);
        return { element, contrast: (light + 0.05) / (dark + 0.05) };
      })
      .filter(({ contrast }) => contrast < 4.5)
      .map(({ element, contrast }) => `${contrast.toFixed(1)} ${element.outerHTML.slice(0, 100)}`);
  });
}

/** Controls that a screen reader could say nothing about. */
function nameless(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('button, a[href], input, select, [tabindex="0"]')]
      .filter((element) => element.checkVisibility())
      .filter((element) => {
        const { labels } = element as HTMLInputElement;
        const words = [element.getAttribute('aria-label'), element.textContent, labels?.[0]?.textContent];
        return words.every((word) => (word ?? '').trim() === '');
      })
      .map((element) => element.outerHTML.slice(0, 100)),
  );
}

/** Controls that Tab does not come to, and those that do not show that it did. */
async function unreached(page: Page): Promise<string[]> {
  const selector = 'button, a[href], input, select, [tabindex="0"]';
  const count = await page.evaluate((selector) => {
    // Of a group of radio buttons Tab reaches one.
    const usable = [...document.querySelectorAll<HTMLInputElement>(selector)].filter(
      (element) => element.checkVisibility() && !element.disabled && (element.type !== 'radio' || element.checked),
    );
    usable.forEach((element) => (element.dataset['reach'] = 'no'));
    return usable.length;
  }, selector);
  for (let press = 0; press < count + 3; press += 1) {
    await page.keyboard.press('Tab');
    await page.evaluate(() => {
      const { activeElement: element } = document;
      if (!(element instanceof HTMLElement) || element === document.body) return;
      const marks = [element, element.nextElementSibling].flatMap((one) =>
        one ? [getComputedStyle(one), getComputedStyle(one, '::after')] : [],
      );
      const isMarked = marks.some(({ outlineStyle, boxShadow }) => outlineStyle !== 'none' || boxShadow !== 'none');
      element.dataset['reach'] = isMarked ? 'yes' : 'unmarked';
    });
  }
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('[data-reach]:not([data-reach=yes])')].map((element) =>
      element.outerHTML.slice(0, 120),
    ),
  );
}
