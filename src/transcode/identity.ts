// How a stream that one of our transcodes made is known: beside the identities of forwards (weirPath in the arguments of
// connect) its path has a mark for each transcode that it has passed. A mark names all blocks that worked on the source, so
// that what one of them made is not taken up by another one that has had the source already.

import { createHash, randomBytes } from 'node:crypto';
import { hopSeparator } from '../native/relay_path.js';

/** New at each start, as all connections are. */
const secret = randomBytes(8).toString('hex');
const prefix = 't';
const joint = '.';

/** `block`: the vhost and label of a block `transcode`. */
export const markOf = (block: string): string =>
  createHash('sha1').update(`${secret} transcode ${block}`).digest('hex').slice(0, 12);

/** `path` is that of the source, its own identity included. */
export const pathOfProduct = (path: string, blocks: readonly string[]): string =>
  `${path}${hopSeparator}${prefix}${blocks.map(markOf).join(joint)}`;

/** The identities of the streams that transcodes made this one of, one after the other. */
export function sourcesOf(path: string): readonly string[] {
  const hops = path.split(hopSeparator);
  return hops.filter((_, index) => hops[index + 1]?.startsWith(prefix) === true);
}

/** For each transcode that a stream has passed, the marks of its blocks; the first one first. */
export function passedBy(path: string): readonly (readonly string[])[] {
  return path
    .split(hopSeparator)
    .filter((hop) => hop.startsWith(prefix))
    .map((hop) => hop.slice(prefix.length).split(joint));
}

/**
 * `made`: the last transcode was by this block: it is not asked again. `cycle`: an earlier one was, others came between.
 */
export function relationOf(path: string, block: string): 'new' | 'made' | 'cycle' {
  const passed = passedBy(path);
  const mark = markOf(block);
  if (passed.at(-1)?.includes(mark)) return 'made';
  return passed.some((marks) => marks.includes(mark)) ? 'cycle' : 'new';
}

/** What an engine's ffmpeg says of itself when it comes for the source. */
export const inputMarkOf = (stream: string, task: string): string =>
  `e${createHash('sha1').update(`${secret} input ${stream} ${task}`).digest('hex').slice(0, 16)}`;

/** As ffmpeg's `-rtmp_conn` appends it to the arguments of connect: an object with one member. */
export const connectArgument = (path: string): string => `O:1 NS:weirPath:${path} O:0`;
