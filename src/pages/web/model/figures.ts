// Numbers and codec strings as people read them. Pure.

/** `1.25 Mbit/s`, `830 kbit/s`. */
export function bitrate(kbps: number | undefined): string {
  if (kbps === undefined || !Number.isFinite(kbps)) return '–';
  return kbps >= 1000 ? `${(kbps / 1000).toFixed(2)} Mbit/s` : `${kbps.toFixed(0)} kbit/s`;
}

export function seconds(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return '–';
  return value < 10 ? `${value.toFixed(2)} s` : `${value.toFixed(1)} s`;
}

/** `0:07`, `12:34`, `3:04:05`, `2 d 3 h`. */
export function duration(total: number): string {
  const whole = Math.max(0, Math.floor(total));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  if (hours >= 24) return `${Math.floor(hours / 24)} d ${hours % 24} h`;
  const two = (value: number): string => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

export function resolution(width: number, height: number): string {
  return width > 0 && height > 0 ? `${width} × ${height}` : '–';
}

/** Share of frames that were dropped, beside their number. */
export function dropped(lost: number, total: number): string {
  if (total === 0) return '–';
  return `${lost} (${((100 * lost) / total).toFixed(1)} %)`;
}

const avcProfiles: Readonly<Record<string, string>> = {
  '42': 'Baseline',
  '4d': 'Main',
  '58': 'Extended',
  '64': 'High',
  '6e': 'High 10',
  '7a': 'High 4:2:2',
  f4: 'High 4:4:4',
};

const families: readonly (readonly [RegExp, string])[] = [
  [/^(hvc1|hev1|hevc|h265)/, 'H.265'],
  [/^(av01|av1)/, 'AV1'],
  [/^vp0?9/, 'VP9'],
  [/^vp0?8/, 'VP8'],
  [/^mp4a\.40\.(5|29)/, 'HE-AAC'],
  [/^(mp4a\.(6b|69|40\.34)|mp3|\.mp3)/, 'MP3'],
  [/^(mp4a|aac)/, 'AAC'],
  [/^opus/, 'Opus'],
  [/^flac/, 'FLAC'],
  [/^(ac-3|ac3)/, 'AC-3'],
  [/^(ec-3|eac3)/, 'E-AC-3'],
  [/^(avc|h264)/, 'H.264'],
];

/** `avc1.64001f` -> `H.264 High 3.1`; what is not known stays as it is. */
export function codecName(codec: string | undefined): string {
  if (!codec) return '–';
  const text = codec.toLowerCase();
  const [, profile = '', level = ''] = /^avc[13]\.([0-9a-f]{2})[0-9a-f]{2}([0-9a-f]{2})$/.exec(text) ?? [];
  if (level !== '') {
    return ['H.264', avcProfiles[profile], (Number.parseInt(level, 16) / 10).toFixed(1)].filter(Boolean).join(' ');
  }
  return families.find(([pattern]) => pattern.test(text))?.[1] ?? codec;
}
