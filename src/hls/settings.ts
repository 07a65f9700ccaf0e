// The directives of a vhost -> what HLS does for its streams, and what native code needs to know to cut them. Pure.

import { isDeepStrictEqual } from 'node:util';
import { hlsStorage } from '../config/hls_storage.js';
import type { Config, VhostConfig } from '../config/load.js';
import type { HlsGrant } from '../native.js';

export interface HlsSettings {
  readonly grant: HlsGrant;
  /** Milliseconds. */
  readonly window: number;
  /** Seconds: EXT-X-TARGETDURATION as long as no fragment is longer. */
  readonly target: number;
  /** Fragments are served over HTTP: from memory, from their files, or not at all. */
  readonly served: 'memory' | 'files' | 'no';
  /** Where files go; undefined: there are none. */
  readonly directory: string | undefined;
  readonly mount: string;
  readonly playlistFile: string;
  readonly fragmentFile: string;
  readonly onError: 'ignore' | 'disconnect' | 'continue';
  readonly cleanup: boolean;
  /** Milliseconds; 0: never. */
  readonly dispose: number;
  /** Of the fragments of one stream. */
  readonly memoryLimit: number;
  /** Of the log that they are cut from, with what players need of it. */
  readonly logMemory: number;
  /** Viewers are asked for, and names of fragments can't be guessed. */
  readonly guarded: boolean;
  /** How long a viewer's verdict is kept. */
  readonly verdict: number;
}

/** Where hls_aof_ratio is not written. */
const mostTimesFragment = 2;
/** What native code needs at least: an audio stream can be joined once a second. */
const shortestCut = 1000;
/** A fragment rounds to its target duration when it is longer by less than half a second. */
const roundsDown = 400;

/** `guarded`: whether viewers of a vhost are asked for. undefined: no HLS there. */
export function hlsSettings(config: Config, vhost: VhostConfig, guarded = false): HlsSettings | undefined {
  const { hls } = vhost;
  if (!hls.enabled) return undefined;
  const { inMemory, directory } = hlsStorage(hls);
  // Low latency is nothing that files can give.
  const held = inMemory || hls.hls_low_latency ? 'memory' : 'files';
  const served = config.http_server.enabled ? held : 'no';
  if (served === 'no' && directory === undefined) return undefined;
  const target = Math.ceil((hls.hls_fragment * hls.hls_td_ratio) / 1000);
  return {
    grant: grantOf(hls, target, served === 'memory'),
    window: hls.hls_window,
    target,
    served,
    directory,
    mount: hls.hls_mount,
    playlistFile: hls.hls_m3u8_file,
    fragmentFile: hls.hls_segment_type === 'ts' ? hls.hls_ts_file : hls.hls_ts_file.replace(/\.ts$/, '.m4s'),
    onError: hls.hls_on_error,
    cleanup: hls.hls_cleanup,
    dispose: hls.hls_dispose,
    memoryLimit: hls.hls_memory_limit ?? Infinity,
    logMemory: config.log_memory,
    guarded,
    verdict: hls.hls_grant,
  };
}

/** Whether a stream can go on under these settings: they change no name, and nothing that its playlist promised. */
export function canGoOn(before: HlsSettings, after: HlsSettings): boolean {
  const fixed = ({
    served,
    directory,
    mount,
    playlistFile,
    fragmentFile,
    target,
    guarded,
    verdict,
    grant,
  }: HlsSettings) => [
    ...[served, directory, mount, playlistFile, fragmentFile, target, guarded, verdict],
    ...[grant.container, grant.part],
  ];
  return isDeepStrictEqual(fixed(before), fixed(after));
}

/** How the streams of a vhost are cut. */
export function hlsGrant(config: Config, vhost: VhostConfig): HlsGrant | null {
  return hlsSettings(config, vhost)?.grant ?? null;
}

/** Asked for, and nobody could ever fetch anything. */
export function isUnreachable(config: Config, vhost: VhostConfig): boolean {
  return vhost.hls.enabled && hlsSettings(config, vhost) === undefined;
}

type HlsBlock = VhostConfig['hls'];

function grantOf(hls: HlsBlock, target: number, isInMemory: boolean): HlsGrant {
  const { hls_fragment: fragment, hls_aof_ratio: ratio } = hls;
  // By itself no fragment makes the target duration grow: it may not change while a playlist lives (RFC 8216, 6.2.1).
  const fitting = Math.min(fragment * mostTimesFragment, target * 1000 + roundsDown - shortestCut);
  const longest = ratio === undefined ? Math.max(fragment, fitting) : fragment * ratio;
  return {
    container: hls.hls_segment_type,
    fragment,
    longest: Math.max(shortestCut, Math.round(longest)),
    waitKeyframe: hls.hls_wait_keyframe,
    part: hls.hls_low_latency && isInMemory ? Math.min(hls.hls_part, fragment) : 0,
  };
}
