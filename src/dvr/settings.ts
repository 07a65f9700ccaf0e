// The directives of a vhost -> what is recorded of its streams, how, and where. Pure.

import { posix } from 'node:path';
import type { VhostConfig } from '../config/load.js';
import type { RecordingRules, StreamKey } from '../native.js';

export interface DvrSettings {
  readonly rules: Omit<RecordingRules, 'fromPublish'>;
  /** The directory that all files are below. */
  readonly root: string;
  /** Names below it, with variables. */
  readonly template: string;
  /** Milliseconds; undefined: for ever. */
  readonly keepFor: number | undefined;
  /** Bytes of all files of the vhost; undefined: no limit. */
  readonly keepBytes: number | undefined;
}

const endings = /\.(flv|ts|mp4)$/;
const usualName = '[app]/[stream].[timestamp]';
const day = 24 * 60 * 60 * 1000;

/** Of a vhost whatever its switch says: who starts a recording by the API wants these too. */
export function dvrSettings({ dvr }: VhostConfig): DvrSettings {
  const written = endings.exec(dvr.dvr_path)?.[1] as 'flv' | 'ts' | 'mp4' | undefined;
  const format = dvr.dvr_format ?? written ?? 'flv';
  const path = written ? dvr.dvr_path.slice(0, -written.length - 1) : `${dvr.dvr_path}/${usualName}`;
  const firstVariable = path.indexOf('[');
  const root = posix.dirname(firstVariable < 0 ? path : `${path.slice(0, firstVariable)}x`);
  return {
    rules: {
      format,
      segment: dvr.dvr_plan === 'segment' ? dvr.dvr_duration : 0,
      waitKeyframe: dvr.dvr_wait_keyframe,
      appends: dvr.dvr_plan === 'append',
      timeJitter: dvr.time_jitter,
      backlog: dvr.dvr_backlog,
    },
    root,
    template: `${posix.relative(root, path)}.${format}`,
    keepFor: dvr.dvr_keep_days === undefined ? undefined : dvr.dvr_keep_days * day,
    keepBytes: dvr.dvr_keep_size,
  };
}

/** Whether a stream is recorded by itself. */
export function isRecorded({ dvr }: VhostConfig, { app, stream }: StreamKey): boolean {
  return dvr.enabled && dvr.dvr_apply.some((word) => word === 'all' || word === app || word === `${app}/${stream}`);
}

/** A file that goes on later must be one that can. */
export const cannotAppend = ({ rules }: DvrSettings): boolean => rules.appends && rules.format !== 'flv';
