// What a viewer would see and hear, read out of the page: frames that were decoded, pixels, bytes of sound.
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';

const patience = 30_000;

export interface Playback {
  readonly frames: number;
  readonly dropped: number;
  readonly time: number;
  readonly audioBytes: number;
  readonly width: number;
  readonly height: number;
}

/** Of each video of the page, in their order. */
export function playbackOf(page: Page): Promise<Playback[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('video')].map((video) => {
      const { totalVideoFrames: frames, droppedVideoFrames: dropped } = video.getVideoPlaybackQuality();
      const { webkitAudioDecodedByteCount: audioBytes = 0 } = video as { webkitAudioDecodedByteCount?: number };
      const { currentTime: time, videoWidth: width, videoHeight: height } = video;
      return { frames, dropped, time, audioBytes, width, height };
    }),
  );
}

/** Waits until every video of the page has shown so many frames more, and heard more sound where it has some. */
export async function frames(page: Page, more: number, hasAudio = true): Promise<Playback[]> {
  const before = await playbackOf(page);
  const wanted = before.map(({ frames, time, audioBytes }) => ({
    frames: frames + more,
    time,
    audioBytes: hasAudio ? audioBytes : -1,
  }));
  const shown = page.waitForFunction(
    (wanted) =>
      [...document.querySelectorAll('video')].every((video, index) => {
        const { webkitAudioDecodedByteCount: audioBytes = 0 } = video as { webkitAudioDecodedByteCount?: number };
        const least = wanted[index];
        return (
          least !== undefined &&
          video.getVideoPlaybackQuality().totalVideoFrames >= least.frames &&
          video.currentTime > least.time &&
          audioBytes > least.audioBytes
        );
      }),
    wanted,
    { timeout: patience, polling: 100 },
  );
  try {
    await shown;
  } catch {
    const now = JSON.stringify(await playbackOf(page));
    assert.fail(`wanted ${JSON.stringify(wanted)}, but ${now}; ${await saidBy(page)}`);
  }
  return playbackOf(page);
}

/** What the page tells its viewer, in one line: for the message of a test that fails. */
async function saidBy(page: Page): Promise<string> {
  const said = await page.evaluate(() => {
    const parts = ['#state', '#notice-title', '#notice-detail', '[data-figure=protocol]', '.tile'].map((selector) =>
      [...document.querySelectorAll(selector)].map((each) => each.textContent.trim()).join(', '),
    );
    const videos = [...document.querySelectorAll('video')].map(({ paused, muted, readyState, error, buffered }) => {
      const end = buffered.length > 0 ? [buffered.start(0), buffered.end(buffered.length - 1)] : [];
      return { paused, muted, readyState, error: error?.message, buffered: end };
    });
    return { parts, videos };
  });
  return `the page says ${JSON.stringify(said.parts)}, its video ${JSON.stringify(said.videos)}`;
}

interface Pixels {
  /** Mean brightness, 0..255. */
  readonly mean: number;
  /** How much they differ; 0 is one plain surface. */
  readonly spread: number;
}

/** Brightness of what the videos show now. */
export function pixelsOf(page: Page): Promise<Pixels[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('video')].map((video) => {
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [64, 36];
      const drawing = canvas.getContext('2d');
      if (!drawing) throw new Error('no canvas');
      drawing.drawImage(video, 0, 0, canvas.width, canvas.height);
      const { data } = drawing.getImageData(0, 0, canvas.width, canvas.height);
      const values: number[] = [];
      for (let at = 0; at < data.length; at += 4) {
        values.push((data[at] ?? 0) * 0.299 + (data[at + 1] ?? 0) * 0.587 + (data[at + 2] ?? 0) * 0.114);
      }
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
      return { mean, spread };
    }),
  );
}

/** ffmpeg's test picture is bright and of many colours; a picture that was not decoded is neither. */
export async function assertShown(page: Page): Promise<void> {
  for (const { mean, spread } of await pixelsOf(page)) {
    assert.ok(mean > 40 && spread > 20, `black or empty: mean ${mean.toFixed(1)}, spread ${spread.toFixed(1)}`);
  }
}

/** Waits for a text; the test says what it was instead when it does not come. */
export async function text(page: Page, selector: string, wanted: RegExp): Promise<void> {
  const element = page.locator(selector);
  try {
    await page.waitForFunction(
      ([selector, source]) => new RegExp(source).test(document.querySelector(selector)?.textContent ?? ''),
      [selector, wanted.source] as const,
      { timeout: patience, polling: 100 },
    );
  } catch {
    const is = (await element.textContent()) ?? '';
    assert.fail(`${selector} says '${is}', not ${String(wanted)}; ${await saidBy(page)}`);
  }
}
