// The boundary's part for recordings: native code writes a stream's log to files on threads of its own; TypeScript says what is
// recorded and names the files. A recording that was started ends with `recordEnd`, which is never lost.

import type { StreamKey } from '../native.js';

export type RecordingId = number;

export type RecordingFormat = 'flv' | 'ts' | 'mp4';

export interface RecordingRules {
  readonly format: RecordingFormat;
  /** Milliseconds: another file begins at the first key frame from here on; 0: it is one file. */
  readonly segment: number;
  /** A file begins with a key frame, where there is video. */
  readonly waitKeyframe: boolean;
  /** Goes on with a file of that name, if there is one. */
  readonly appends: boolean;
  /** From the begin of the publish; else from the newest key frame. */
  readonly fromPublish: boolean;
  readonly timeJitter: 'full' | 'zero' | 'off';
  /** Bytes that may wait in memory for the disk; what is more is a gap. */
  readonly backlog: number;
}

interface OfRecording extends StreamKey {
  readonly recording: RecordingId;
}

export interface RecordedFile {
  /** As recordTo had it. */
  readonly file: string;
  /** The name of an errno, or empty. */
  readonly error: string;
}

export type RecordingEvent =
  /** A file is to begin: answer with recordTo. What comes meanwhile waits. */
  | ({ readonly type: 'recordNext' } & OfRecording)
  /** A file has its name; with an `error` it has only its temporary one. */
  | ({
      readonly type: 'recordFile';
      readonly bytes: number;
      /** Milliseconds. */
      readonly duration: number;
    } & OfRecording &
      RecordedFile)
  /** The disk was too slow, or memory is short: so many bytes are missing, and it goes on with a key frame. */
  | ({ readonly type: 'recordGap'; readonly bytes: number } & OfRecording)
  /** With an `error`: the file could not be made or written. What was written of it was told by recordFile. */
  | ({ readonly type: 'recordEnd' } & OfRecording & RecordedFile);

/** One that goes on. */
export interface RunningRecording extends OfRecording {
  /** Empty: none is open. */
  readonly file: string;
  /** Of the open file. */
  readonly bytes: number;
  readonly duration: number;
  /** Bytes that wait for the disk. */
  readonly waiting: number;
  readonly gaps: number;
  /** Bytes in gaps. */
  readonly lost: number;
}

export interface RepairReport {
  /** The name of an errno, or empty. EWOULDBLOCK: another process writes it. EINVAL: there is nothing in it that could be played. */
  readonly error: string;
  readonly bytes: number;
  /** Milliseconds; 0 where the format does not tell. */
  readonly duration: number;
  /** Bytes that were cut off because they were incomplete. */
  readonly cut: number;
}

export interface RecordingCommands {
  /** `lane`: recordings with the same one share a thread, others don't wait for it. 0: there is no such stream. */
  startRecording(key: StreamKey, rules: RecordingRules, lane: string): RecordingId;
  /** The answer to recordNext. Directories are made; the file is `path`.tmp until it is finished. False: it is over. */
  recordTo(recording: RecordingId, path: string): boolean;
  /** What is published so far is still written; but with `atOnce` no further file is begun for it. False: it is over already. */
  stopRecording(recording: RecordingId, atOnce: boolean): boolean;
  recordings(): readonly RunningRecording[];
  /** Finishes what a process that died left as `path`.tmp. */
  repairRecording(path: string, format: RecordingFormat): Promise<RepairReport>;
}
