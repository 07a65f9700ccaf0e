// Debian's Chromium, driven by playwright-core: one for a test file, with a new profile, and nothing that it asks of others.
import { existsSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync) ?? 'chromium';
const flags = [
  ...['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync', '--mute-audio'],
];

export interface BrowserOptions {
  /** Pages may start with sound, as after a click. */
  readonly autoplay?: boolean;
}

export function launchBrowser({ autoplay = true }: BrowserOptions = {}): Promise<Browser> {
  const policy = autoplay ? ['--autoplay-policy=no-user-gesture-required'] : [];
  // Chromium has no sandbox for root, as tests in a container run.
  return chromium.launch({ executablePath, args: [...flags, ...policy], chromiumSandbox: process.getuid?.() !== 0 });
}

export interface PageOptions extends BrowserContextOptions {
  /** What the server answers to who asks what is live; undefined: the server itself. */
  readonly streams?: unknown;
  /** Runs before the page's own scripts. */
  readonly script?: () => void;
  /** The page is left alone until it logs this: what a test runs in a page counts for the browser as the user's gesture. */
  readonly logs?: string;
}

/** A page of its own context, which goes with its test. An error in its scripts fails the test. */
export async function openPage(
  context: TestContext,
  browser: Browser,
  url: string,
  { streams, script, logs, ...options }: PageOptions = {},
): Promise<Page> {
  const own = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const failures: Error[] = [];
  context.after(async () => {
    await own.close();
    if (failures[0]) throw failures[0];
  });
  const page = await own.newPage();
  if (streams !== undefined) await page.route('**/streams.json', (route) => route.fulfill({ json: streams }));
  page.on('pageerror', (error) => failures.push(error));
  if (script) await page.addInitScript(script);
  const logged =
    logs === undefined ? undefined : page.waitForEvent('console', { predicate: (message) => message.text() === logs });
  await Promise.all([page.goto(url), logged]);
  return page;
}
