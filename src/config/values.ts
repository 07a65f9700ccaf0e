// The types of directives' arguments: how one word is read, and how docs and errors describe it.
// Reading is strict: where SRS's atoi takes garbage for 0, and any word for a flag's default side, garbage is an error here.

import { isIP } from 'node:net';

/** Reads one argument. Durations become milliseconds, sizes become bytes. */
export interface ValueType<T> {
  /** As docs write it: `on | off`, `seconds`, ... */
  readonly usage: string;
  /** What an error says was expected. */
  readonly expects: string;
  /** The words that are legal, where they can be listed; for "did you mean". */
  readonly names?: readonly string[];
  /** undefined: not such a value. */
  readonly read: (text: string) => T | undefined;
}

export interface Endpoint {
  /** An IP address without brackets. */
  readonly host: string;
  readonly port: number;
}

export type MemoryLimit =
  { readonly kind: 'bytes'; readonly bytes: number } | { readonly kind: 'percent'; readonly percent: number };

/** One of some words. */
export function choice<const W extends string>(...words: readonly W[]): ValueType<W> {
  return {
    usage: words.join(' | '),
    expects: words.map((word) => `"${word}"`).join(' or '),
    names: words,
    read: (text) => words.find((word) => word === text),
  };
}

const onOff = choice('on', 'off');

export const flag: ValueType<boolean> = {
  usage: onOff.usage,
  expects: onOff.expects,
  names: ['on', 'off'],
  read: (text) => ({ on: true, off: false })[text],
};

export interface Range {
  readonly min: number;
  readonly max: number;
}

const within = (value: number, { min, max }: Range): number | undefined =>
  value >= min && value <= max ? value : undefined;

function readNumber(text: string, pattern: RegExp): number | undefined {
  return pattern.test(text) ? Number(text) : undefined;
}

const integer = /^-?\d{1,15}$/;
const decimal = /^-?\d{1,15}(\.\d{1,9})?$/;

export function int(what: string, range: Range): ValueType<number> {
  return {
    usage: what,
    expects: `a whole number from ${range.min} to ${range.max} (${what})`,
    read: (text) => {
      const value = readNumber(text, integer);
      return value === undefined ? undefined : within(value, range);
    },
  };
}

export function number(what: string, range: Range): ValueType<number> {
  return {
    usage: what,
    expects: `a number from ${range.min} to ${range.max} (${what})`,
    read: (text) => {
      const value = readNumber(text, decimal);
      return value === undefined ? undefined : within(value, range);
    },
  };
}

export const count = (what: string): ValueType<number> => int(what, { min: 1, max: 10_000_000 });

/** A number of threads, or one for each core. */
export const threads: ValueType<number | 'auto'> = {
  usage: 'count | auto',
  expects: '"auto" or a whole number from 1 to 64',
  names: ['auto'],
  read: (text) => (text === 'auto' ? 'auto' : int('', { min: 1, max: 64 }).read(text)),
};

const durationUnits = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;
const longestDuration = 7 * 24 * durationUnits.h;

/** A bare number counts in `unit`, as SRS does for this directive; a unit may be written behind it. In milliseconds. */
function duration(unit: 'ms' | 's', least: number): ValueType<number> {
  const name = unit === 's' ? 'seconds' : 'milliseconds';
  const leastText = least % durationUnits[unit] === 0 ? `${least / durationUnits[unit]}` : `${least}ms`;
  return {
    usage: name,
    expects: `${name} (or a number with ms, s, m or h), at least ${leastText}`,
    read: (text) => {
      const match = /^(\d{1,12}(?:\.\d{1,6})?)(ms|s|m|h)?$/.exec(text);
      if (!match) return undefined;
      const factor = durationUnits[(match[2] ?? unit) as keyof typeof durationUnits];
      return within(Math.round(Number(match[1]) * factor), { min: least, max: longestDuration });
    },
  };
}

export const seconds = (atLeast = 0): ValueType<number> => duration('s', atLeast * 1000);
export const milliseconds = (atLeast = 0): ValueType<number> => duration('ms', atLeast);

const sizeUnits = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 } as const;

function readSize(text: string): number | undefined {
  const match = /^(\d{1,15})([kmg]?)$/i.exec(text);
  if (!match) return undefined;
  const bytes = Number(match[1]) * sizeUnits[(match[2] ?? '').toLowerCase() as keyof typeof sizeUnits];
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** Bytes, with k, m or g for powers of 1024. */
export function size(least: string): ValueType<number> {
  const min = readSize(least) ?? 0;
  return {
    usage: 'bytes',
    expects: `a number of bytes, k, m or g, at least ${least}`,
    read: (text) => within(readSize(text) ?? -1, { min, max: Number.MAX_SAFE_INTEGER }),
  };
}

export const memoryLimit: ValueType<MemoryLimit> = {
  usage: 'percent | bytes',
  expects: 'a percentage as "40%", or a number of bytes, k, m or g, at least 16m',
  read: (text) => {
    const percent = /^(\d{1,3})%$/.exec(text);
    if (percent) {
      const value = within(Number(percent[1]), { min: 1, max: 95 });
      return value === undefined ? undefined : { kind: 'percent', percent: value };
    }
    const bytes = size('16m').read(text);
    return bytes === undefined ? undefined : { kind: 'bytes', bytes };
  },
};

const anyAddress = '0.0.0.0';

/** `1935` (every IPv4 address), `127.0.0.1:1935`, `[::]:1935`. No names: what a listener binds must not hang on DNS. */
export const endpoint: ValueType<Endpoint> = {
  usage: 'port | address:port',
  expects: 'a port from 1 to 65535, or an address and a port as 127.0.0.1:1935 or [::]:1935',
  read: (text) => {
    const match = /^(?:\[([^\]]+)\]:|([^:[\]]+):)?(\d{1,5})$/.exec(text);
    if (!match) return undefined;
    const [, ipv6, ipv4, digits] = match;
    const port = Number(digits);
    if (port < 1 || port > 65535) return undefined;
    if (ipv6 !== undefined) return isIP(ipv6) === 6 ? { host: ipv6, port } : undefined;
    if (ipv4 !== undefined) return isIP(ipv4) === 4 ? { host: ipv4, port } : undefined;
    return { host: anyAddress, port };
  },
};

/** Free text. `what` is its name in docs. */
export function text(what: string): ValueType<string> {
  return { usage: what, expects: what, read: (value) => value };
}

export const path = text('path');

/** A stream of the vhost that it stands in. */
export const streamPlace: ValueType<string> = {
  usage: 'app/stream',
  expects: 'a stream as app/stream',
  read: (value) => (/^[^/?\s][^?\s]*\/[^/?\s]+$/.test(value) ? value : undefined),
};

const shortestSecret = 16;

export const secret: ValueType<string> = {
  usage: 'secret',
  expects: `a secret of at least ${shortestSecret} characters`,
  read: (value) => (value.length >= shortestSecret ? value : undefined),
};

export const httpUrl: ValueType<string> = {
  usage: 'url',
  expects: 'a URL that starts with http:// or https://',
  read: (value) => (/^https?:\/\/[^/]/.test(value) && URL.canParse(value) ? value : undefined),
};

const shortestPassword = 8;

/** `admin:secret`: what HTTP Basic sends. */
export const credentials: ValueType<string> = {
  usage: 'user:password',
  expects: `a user, a colon and a password of at least ${shortestPassword} characters`,
  read: (value) => (/^[^:]+:./.test(value) && value.length - value.indexOf(':') > shortestPassword ? value : undefined),
};

export const secretToken: ValueType<string> = {
  usage: 'token',
  expects: 'at least 16 letters, digits and -._~+/=',
  read: (value) => (/^[\w.~+/=-]{16,}$/.test(value) ? value : undefined),
};

/** What `log` takes: the terminal, or a file. */
export type LogTarget = { readonly kind: 'console' } | { readonly kind: 'file'; readonly path: string };

export const logTarget: ValueType<LogTarget> = {
  usage: 'console | path',
  expects: '"console", or the path of a file',
  read: (value) => (value === 'console' ? { kind: 'console' } : { kind: 'file', path: value }),
};

export type AccessWord =
  | { readonly kind: 'action'; readonly action: 'publish' | 'play' }
  | { readonly kind: 'all' }
  | { readonly kind: 'network'; readonly address: string; readonly bits: number };

/** A word of a rule of `security`: whom it is about. */
export const accessWord: ValueType<AccessWord> = {
  usage: '[publish | play]  address | network | all',
  expects: '"publish", "play", "all", an IP address, or a network as 192.0.2.0/24',
  names: ['publish', 'play', 'all'],
  read: (value) => {
    if (value === 'publish' || value === 'play') return { kind: 'action', action: value };
    if (value === 'all') return { kind: 'all' };
    const [, address = '', digits] = /^\[?([^/\]]+)\]?(?:\/(\d{1,3}))?$/.exec(value) ?? [];
    const version = isIP(address);
    const most = version === 6 ? 128 : 32;
    const bits = digits === undefined ? most : Number(digits);
    return version === 0 || bits > most ? undefined : { kind: 'network', address, bits };
  },
};
