// An engine of the configuration -> ffmpeg's arguments, in the order of SRS. No shell sees them.

export interface FreeArgument {
  readonly name: string;
  readonly args: readonly string[];
}

/** A block `engine`, as its directives are named. */
export interface EngineSettings {
  readonly vfilter: readonly FreeArgument[];
  readonly vcodec: string | undefined;
  readonly vbitrate: number;
  readonly vfps: number;
  readonly vwidth: number;
  readonly vheight: number;
  readonly vthreads: number;
  readonly vprofile: string | undefined;
  readonly vpreset: string | undefined;
  readonly vparams: readonly FreeArgument[];
  readonly acodec: string | undefined;
  readonly abitrate: number;
  readonly asample_rate: number;
  readonly achannels: number;
  readonly aparams: readonly FreeArgument[];
  readonly oformat: string;
}

export interface Ends {
  /** All that stands before the engine's own arguments, `-i` and what follows it included. */
  readonly input: readonly string[];
  /** Options of the output beside its format. */
  readonly options: readonly string[];
  readonly output: string;
}

/** In front of all others: no questions, no status line, figures to descriptor 3 (src/child). */
const own = ['-hide_banner', '-nostdin', '-nostats', '-progress', 'pipe:3'];

export function engineArguments(engine: EngineSettings, { input, options, output }: Ends): string[] {
  const format = engine.oformat === 'off' ? [] : ['-f', engine.oformat];
  return [
    ...own,
    ...input,
    ...free(engine.vfilter),
    ...video(engine),
    ...audio(engine),
    ...format,
    ...options,
    '-y',
    output,
  ];
}

/** `-f FORMAT` for an input; `off` leaves it to ffmpeg. */
export const inputFormat = (format: string): string[] => (format === 'off' ? [] : ['-f', format]);

function video(engine: EngineSettings): string[] {
  const { vcodec = 'copy', vbitrate, vfps, vthreads, vprofile, vpreset } = engine;
  if (vcodec === 'vn') return ['-vn'];
  if (vcodec === 'copy') return ['-vcodec', 'copy'];
  const [width, height] = [even(engine.vwidth), even(engine.vheight)];
  return [
    ...['-vcodec', vcodec],
    ...option('-b:v', vbitrate * 1000),
    ...(vfps > 0 ? ['-r', vfps.toFixed(2)] : []),
    ...(width > 0 && height > 0 ? ['-s', `${width}x${height}`, '-aspect', `${width}:${height}`] : []),
    ...option('-threads', vthreads),
    ...(vprofile === undefined ? [] : ['-profile:v', vprofile]),
    ...(vpreset === undefined ? [] : ['-preset', vpreset]),
    ...free(engine.vparams),
  ];
}

function audio(engine: EngineSettings): string[] {
  const { acodec = 'copy', abitrate, asample_rate: rate, achannels } = engine;
  if (acodec === 'an') return ['-an'];
  if (acodec === 'copy') return ['-acodec', 'copy'];
  return [
    ...['-acodec', acodec],
    ...option('-b:a', abitrate * 1000),
    ...option('-ar', rate),
    ...option('-ac', achannels),
    ...free(engine.aparams),
  ];
}

/** Encoders want whole chroma samples. */
const even = (size: number): number => size - (size % 2);

/** What is not set is ffmpeg's to choose. */
const option = (name: string, value: number): string[] => (value > 0 ? [name, String(value)] : []);

/** Each line of the block: its name with a dash, and its first argument if there is one. */
const free = (lines: readonly FreeArgument[]): string[] =>
  lines.flatMap(({ name, args: [value] }) => [`-${name}`, ...(value === undefined ? [] : [value])]);
