// What the delivery server has beside streams: our pages, the files of directories, the list of what is live. It follows
// the configuration.

import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { rootSchema } from '../config/schema/root.js';
import { defaultVhostName } from '../config/default_vhost.js';
import type { Config } from '../config/load.js';
import { errorText, reasonOf } from '../errors.js';
import type { Log } from '../log.js';
import type { Engine, EngineStats, StoredObject } from '../native.js';
import { serveFolder } from './folder.js';
import { serveMounts } from './mounts.js';
import { ownedByHls } from './owned.js';
import { createShelf } from './shelf.js';
import { listStreams, streamListObject, streamListPath, type ListedStream } from './stream_list.js';

/** A page as a file: `/player.html`. */
export interface Page {
  readonly path: string;
  readonly contentType: string;
  readonly cacheControl: string;
  readonly body: Uint8Array;
}

export interface DeliveryOptions {
  readonly engine: Pick<Engine, 'putObject' | 'removeObject' | 'setVhosts'>;
  readonly config: () => Config;
  readonly log: Log;
  readonly stats: () => EngineStats;
  /** Our own, served where the directory has no file of that name. */
  readonly pages: () => readonly Page[];
}

export interface Delivery {
  readonly follow: (before: Config, after: Config) => void;
  readonly stop: () => void;
}

const listInterval = 2000;

export function startDelivery(options: DeliveryOptions): Delivery {
  const { engine, config } = options;
  let stop = config().http_server.enabled ? begin(options, config()) : nothing;
  applyVhosts(engine, config());
  return {
    follow: (before, after) => {
      applyVhosts(engine, after);
      if (isDeepStrictEqual(relevant(before), relevant(after))) return;
      stop();
      stop = after.http_server.enabled ? begin(options, after) : nothing;
    },
    stop: () => stop(),
  };
}

const nothing = (): void => undefined;

/** What makes it begin anew when it changes. */
function relevant({ http_server: { enabled, dir, stream_list }, vhost }: Config) {
  const hls = vhost.map((of) => [of.enabled, of.hls.enabled, of.hls.hls_path, of.hls.hls_storage]);
  const mounts = vhost.map((of) => [of.name, of.http]);
  return { enabled, dir, stream_list, hls, mounts };
}

function begin({ engine, log, stats, pages }: DeliveryOptions, config: Config): () => void {
  const { dir, stream_list: isListed } = config.http_server;
  const below = new Map(ownPages(pages, log).map((page): [string, StoredObject] => [page.path, page]));
  const shelf = createShelf(engine, below);
  const isForeign = ownedByHls(config, dir);
  const stopFolder = serveFolder({
    folder: dir,
    shelf,
    log,
    skips: (path) => isForeign(path) || (isListed && path === streamListPath),
    isWanted: dir !== rootSchema.http_server.children.dir.fallback,
  });
  const stopMounts = serveMounts(engine, log, config);
  const stopList = isListed ? keepList(engine, () => listStreams(config, stats())) : nothing;
  return () => {
    stopList();
    stopMounts();
    stopFolder();
    for (const path of below.keys()) engine.removeObject(path);
  };
}

/** Without them streams are delivered all the same. */
function ownPages(pages: () => readonly Page[], log: Log): readonly (Page & StoredObject)[] {
  try {
    return pages().map((page) => ({ ...page, etag: etagOf(page) }));
  } catch (error) {
    log.warn({ type: 'delivery' }, errorText('pages_missing', { why: reasonOf(error) }));
    return [];
  }
}

const etagOf = ({ body }: Page): string => `"${createHash('sha256').update(body).digest('base64url').slice(0, 16)}"`;

function keepList(engine: Pick<Engine, 'putObject' | 'removeObject'>, list: () => readonly ListedStream[]): () => void {
  let last: readonly ListedStream[] | undefined;
  const write = (): void => {
    const now = list();
    if (isDeepStrictEqual(now, last)) return;
    last = now;
    engine.putObject(streamListPath, streamListObject(now));
  };
  write();
  const timer = setInterval(write, listInterval);
  timer.unref();
  return () => {
    clearInterval(timer);
    engine.removeObject(streamListPath);
  };
}

/** A vhost that is off has its name still: its clients get nothing rather than what another vhost has. */
function applyVhosts(engine: Pick<Engine, 'setVhosts'>, { vhost }: Config): void {
  const isDefault = vhost.some(({ name, enabled }) => name === defaultVhostName && enabled);
  engine.setVhosts(
    vhost.map(({ name }) => name),
    isDefault ? defaultVhostName : null,
  );
}
