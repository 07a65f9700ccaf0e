// The text of a multivariant playlist (RFC 8216, 4.3.4). Pure.

import type { Rates } from './rates.js';

export interface Variant extends Rates {
  readonly uri: string;
  /** As in RFC 6381; empty: not known. */
  readonly codecs: string;
  /** 0: no pictures, or not known. */
  readonly width: number;
  readonly height: number;
}

export function multivariantText(variants: readonly Variant[]): string {
  const lines = variants.flatMap((variant) => [`#EXT-X-STREAM-INF:${attributesOf(variant).join(',')}`, variant.uri]);
  return ['#EXTM3U', '#EXT-X-VERSION:3', ...lines, ''].join('\n');
}

function attributesOf({ peak, average, codecs, width, height }: Variant): string[] {
  return [
    `BANDWIDTH=${peak}`,
    `AVERAGE-BANDWIDTH=${average}`,
    ...(codecs === '' ? [] : [`CODECS="${codecs}"`]),
    ...(width > 0 && height > 0 ? [`RESOLUTION=${width}x${height}`] : []),
  ];
}
