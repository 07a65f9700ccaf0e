// The text of a media playlist -> what it lists, and what is wrong with its grammar (RFC 8216, 4; its second edition for parts).
// Strict: what players are known to forgive is a fault here.

import { readAttributes } from './attributes.js';
import type { ListedPart, MediaList, Segment, ServerControl } from './list.js';

export interface Parsed {
  readonly list: MediaList;
  readonly faults: readonly string[];
}

/** Tags of which a list has one at most, and those that stand before the first segment. */
const single = [
  ...['EXT-X-VERSION', 'EXT-X-TARGETDURATION', 'EXT-X-MEDIA-SEQUENCE', 'EXT-X-DISCONTINUITY-SEQUENCE'],
  ...['EXT-X-INDEPENDENT-SEGMENTS', 'EXT-X-SERVER-CONTROL', 'EXT-X-PART-INF', 'EXT-X-SKIP', 'EXT-X-ENDLIST'],
];
const inFront = single.filter((tag) => tag !== 'EXT-X-ENDLIST');
const required = ['EXT-X-TARGETDURATION'];

export function isMultivariant(text: string): boolean {
  return /^#EXT-X-STREAM-INF:/m.test(text);
}

export function parseList(text: string): Parsed {
  const reader = new Reader();
  if (text.startsWith('\uFEFF')) reader.fault('it begins with a byte order mark');
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u0009\u000B\u000C\u000E-\u001F\u007F]/.test(text)) reader.fault('it has control characters');
  if (!text.endsWith('\n')) reader.fault('its last line has no end');
  const lines = text.split(/\r?\n/);
  if (lines[0] !== '#EXTM3U') reader.fault('the first line is not #EXTM3U');
  for (const line of lines.slice(1)) if (line !== '') reader.take(line);
  return reader.finish();
}

class Reader {
  readonly #faults: string[] = [];
  readonly #seen = new Map<string, string>();
  readonly #segments: Segment[] = [];
  #discontinuities: number | undefined;
  #map: string | undefined;
  #hint: string | undefined;
  #inf: { readonly duration: number; readonly title: string } | undefined;
  #discontinuity = false;
  #date: number | undefined;
  #gap = false;
  #hasFractions = false;
  #parts: ListedPart[] = [];

  fault(text: string): void {
    this.#faults.push(text);
  }

  take(line: string): void {
    if (line.startsWith('#EXT')) {
      const [, tag = '', value = ''] = /^#([A-Z0-9-]+)(?::(.*))?$/.exec(line) ?? [];
      this.#takeTag(tag, value, line);
    } else if (!line.startsWith('#')) this.#takeUri(line);
  }

  #takeTag(tag: string, value: string, line: string): void {
    if (single.includes(tag)) {
      if (this.#seen.has(tag)) this.fault(`${tag} stands twice`);
      if (inFront.includes(tag) && (this.#segments.length > 0 || this.#inf || this.#parts.length > 0)) {
        this.fault(`${tag} stands behind the first segment`);
      }
      this.#seen.set(tag, value);
      return;
    }
    switch (tag) {
      case 'EXTINF':
        this.#takeInf(line);
        break;
      case 'EXT-X-DISCONTINUITY':
        if (this.#parts.length > 0) this.fault('EXT-X-DISCONTINUITY stands behind a part of its segment');
        this.#discontinuity = true;
        break;
      case 'EXT-X-PROGRAM-DATE-TIME':
        this.#takeDate(value);
        break;
      case 'EXT-X-MAP':
        this.#map = this.#uriOf(tag, value);
        break;
      case 'EXT-X-GAP':
        this.#gap = true;
        break;
      case 'EXT-X-PART':
        this.#takePart(value);
        break;
      case 'EXT-X-PRELOAD-HINT':
        this.#takeHint(value);
        break;
      case 'EXT-X-STREAM-INF':
        this.fault('it is a multivariant playlist');
        break;
    }
  }

  #takeInf(line: string): void {
    const match = /^#EXTINF:(\d+(?:\.\d+)?),(.*)$/.exec(line);
    if (match?.[1]?.includes('.')) this.#hasFractions = true;
    if (!match) this.fault(`"${line}" is no EXTINF with duration and comma`);
    if (this.#inf) this.fault('two EXTINF in front of one segment');
    this.#inf = { duration: Number(match?.[1] ?? 0), title: match?.[2] ?? '' };
  }

  #takeDate(value: string): void {
    const isDate = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,}(?:Z|[+-]\d\d:?\d\d)$/.test(value);
    if (!isDate) this.fault(`"${value}" is no date with milliseconds and time zone`);
    this.#date = Date.parse(value);
  }

  #takePart(value: string): void {
    const attributes = this.#attributes('EXT-X-PART', value);
    const uri = this.#checkedUri(attributes.get('URI'), 'EXT-X-PART');
    const duration = Number(attributes.get('DURATION') ?? NaN);
    if (!(duration > 0)) this.fault(`part ${uri} has no duration`);
    const isSet = (name: string): boolean => attributes.get(name) === 'YES';
    this.#parts.push({ uri, duration, independent: isSet('INDEPENDENT'), gap: isSet('GAP') });
  }

  #takeHint(value: string): void {
    const attributes = this.#attributes('EXT-X-PRELOAD-HINT', value);
    if (attributes.get('TYPE') !== 'PART') return;
    if (this.#hint !== undefined) this.fault('two preload hints of one type');
    this.#hint = this.#checkedUri(attributes.get('URI'), 'EXT-X-PRELOAD-HINT');
  }

  #takeUri(line: string): void {
    const uri = this.#checkedUri(line, 'a segment');
    if (!this.#inf) this.fault(`segment ${uri} has no EXTINF`);
    this.#discontinuities ??= Number(this.#seen.get('EXT-X-DISCONTINUITY-SEQUENCE') ?? 0);
    if (this.#discontinuity) this.#discontinuities += 1;
    const { duration = 0, title = '' } = this.#inf ?? {};
    this.#segments.push({
      ...this.#beginning(),
      ...{ uri, duration, title, gap: this.#gap },
      discontinuitySequence: this.#discontinuities,
      sequence: this.#segments.length,
    });
    this.#inf = undefined;
    this.#discontinuity = false;
    this.#date = undefined;
    this.#gap = false;
    this.#parts = [];
  }

  #beginning(): MediaList['pending'] {
    return { discontinuity: this.#discontinuity, date: this.#date, map: this.#map, parts: this.#parts };
  }

  #attributes(tag: string, value: string): ReadonlyMap<string, string> {
    const { values, faults } = readAttributes(value);
    for (const fault of faults) this.fault(`${tag}: ${fault}`);
    return values;
  }

  #uriOf(tag: string, value: string): string {
    return this.#checkedUri(this.#attributes(tag, value).get('URI'), tag);
  }

  /** RFC 3986: what else stands in a name is percent-encoded. */
  #checkedUri(uri: string | undefined, whose: string): string {
    if (uri === undefined || uri === '') this.fault(`${whose} has no URI`);
    else if (!/^(?:[\w.~!$&'()*+,;=:@/?#[\]-]|%[\dA-Fa-f]{2})+$/.test(uri)) this.fault(`"${uri}" is no URI`);
    return uri ?? '';
  }

  #number(tag: string): number | undefined {
    const value = this.#seen.get(tag);
    if (value === undefined) return undefined;
    if (!/^\d{1,20}$/.test(value)) this.fault(`${tag}:${value} is no whole number`);
    return Number(value);
  }

  #control(): ServerControl | undefined {
    const value = this.#seen.get('EXT-X-SERVER-CONTROL');
    if (value === undefined) return undefined;
    const attributes = this.#attributes('EXT-X-SERVER-CONTROL', value);
    const number = (name: string): number | undefined =>
      attributes.has(name) ? Number(attributes.get(name)) : undefined;
    return {
      canBlockReload: attributes.get('CAN-BLOCK-RELOAD') === 'YES',
      canSkipUntil: number('CAN-SKIP-UNTIL'),
      holdBack: number('HOLD-BACK'),
      partHoldBack: number('PART-HOLD-BACK'),
    };
  }

  finish(): Parsed {
    for (const tag of required) if (!this.#seen.has(tag)) this.fault(`${tag} is missing`);
    if (this.#inf) this.fault('the last EXTINF has no segment');
    const mediaSequence = this.#number('EXT-X-MEDIA-SEQUENCE') ?? 0;
    const version = this.#number('EXT-X-VERSION') ?? 1;
    if (this.#hasFractions && version < 3) this.fault(`EXT-X-VERSION is ${version}, and EXTINF has fractions`);
    const numbersOf = (tag: string, name: string): number | undefined => {
      const value = this.#seen.get(tag);
      return value === undefined ? undefined : Number(this.#attributes(tag, value).get(name) ?? NaN);
    };
    const skipped = numbersOf('EXT-X-SKIP', 'SKIPPED-SEGMENTS') ?? 0;
    const list: MediaList = {
      version,
      targetDuration: this.#number('EXT-X-TARGETDURATION') ?? 0,
      mediaSequence,
      discontinuitySequence: this.#number('EXT-X-DISCONTINUITY-SEQUENCE') ?? 0,
      independent: this.#seen.has('EXT-X-INDEPENDENT-SEGMENTS'),
      ended: this.#seen.has('EXT-X-ENDLIST'),
      control: this.#control(),
      partTarget: numbersOf('EXT-X-PART-INF', 'PART-TARGET'),
      skipped,
      segments: this.#segments.map((segment, index) => ({ ...segment, sequence: mediaSequence + skipped + index })),
      pending: this.#beginning(),
      hint: this.#hint,
    };
    return { list, faults: this.#faults };
  }
}
