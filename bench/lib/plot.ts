// A line chart as SVG, legible in light and dark: its own background, direct labels instead of a legend.

export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Its colour by role: what is measured, what it is compared with, what others published. */
  readonly role: 'own' | 'floor' | 'peer' | 'published';
}

export interface Axis {
  readonly label: string;
  /** A mark across the chart, such as the limit of what is possible. */
  readonly limit?: number;
}

export interface Plot {
  /** The file's name, without the ending. */
  readonly file: string;
  readonly title: string;
  readonly subtitle: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
}

const width = 760;
const height = 420;
const area = { left: 64, right: width - 150, top: 72, bottom: height - 56 };
const labelHeight = 16;

const style = `
  .back { fill: #ffffff; stroke: #d0d7de; } text { font: 13px system-ui, sans-serif; fill: #424a53; }
  .title { font-size: 16px; font-weight: 600; fill: #1f2328; } .grid { stroke: #e6eaef; } .limit { stroke: #8c959f; stroke-dasharray: 2 4; }
  .line { fill: none; stroke-width: 2.5; stroke-linejoin: round; stroke-linecap: round; }
  .own { stroke: #0969da; color: #0969da; } .floor { stroke: #6e7781; color: #6e7781; stroke-dasharray: 6 5; }
  .peer { stroke: #8250df; color: #8250df; } .published { stroke: #bc4c00; color: #bc4c00; }
  .dot { fill: currentColor; stroke: none; } .name { fill: currentColor; stroke: none; font-weight: 600; }
  @media (prefers-color-scheme: dark) {
    .back { fill: #0d1117; stroke: #30363d; } text { fill: #adbac7; } .title { fill: #e6edf3; } .grid { stroke: #262c36; } .limit { stroke: #6e7681; }
    .own { stroke: #58a6ff; color: #58a6ff; } .floor { stroke: #8b949e; color: #8b949e; }
    .peer { stroke: #bc8cff; color: #bc8cff; } .published { stroke: #f0883e; color: #f0883e; }
    .name { fill: currentColor; }
  }`;

const escape = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const round = (n: number) => Math.round(n * 10) / 10;

/** Round numbers from 0 to at least `max`, about five of them. */
export function ticks(max: number): number[] {
  const rough = max / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 2.5, 5].find((factor) => factor * power >= rough) ?? 10);
  const count = Math.ceil(max / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, i) => Number((i * step).toPrecision(6)));
}

interface Scale {
  readonly at: (value: number) => number;
  readonly ticks: readonly number[];
}

function scale(values: readonly number[], from: number, to: number): Scale {
  const marks = ticks(Math.max(...values, 1e-9));
  const top = marks.at(-1) ?? 1;
  return { at: (value) => round(from + (value / top) * (to - from)), ticks: marks };
}

function drawAxes({ x, y }: Plot, across: Scale, up: Scale): string[] {
  const middle = round((area.left + area.right) / 2);
  const center = round((area.top + area.bottom) / 2);
  const limit = y.limit === undefined ? [] : [up.at(y.limit)];
  return [
    ...up.ticks.flatMap((value) => [
      `<line class="grid" x1="${area.left}" x2="${area.right}" y1="${up.at(value)}" y2="${up.at(value)}"/>`,
      `<text x="${area.left - 8}" y="${up.at(value) + 4}" text-anchor="end">${value}</text>`,
    ]),
    ...limit.map((at) => `<line class="limit" x1="${area.left}" x2="${area.right}" y1="${at}" y2="${at}"/>`),
    ...across.ticks.map(
      (value) => `<text x="${across.at(value)}" y="${area.bottom + 20}" text-anchor="middle">${value}</text>`,
    ),
    `<text x="${middle}" y="${area.bottom + 42}" text-anchor="middle">${escape(x.label)}</text>`,
    `<text transform="translate(18 ${center}) rotate(-90)" text-anchor="middle">${escape(y.label)}</text>`,
  ];
}

/** Where the labels stand: at the ends of their lines, pushed apart so that none covers another. */
function placeLabels(ends: readonly number[]): number[] {
  const order = ends.map((_, i) => i).sort((a, b) => (ends[a] ?? 0) - (ends[b] ?? 0));
  const placed = [...ends];
  order.forEach((index, rank) => {
    const above = order[rank - 1];
    if (above === undefined) return;
    placed[index] = Math.max(placed[index] ?? 0, (placed[above] ?? 0) + labelHeight);
  });
  const overflow = Math.max(0, (placed[order.at(-1) ?? 0] ?? 0) - area.bottom);
  return placed.map((at) => at - overflow);
}

export function drawPlot(plot: Plot): string {
  const points = plot.series.flatMap((series) => series.points);
  const across = scale(
    points.map(([x]) => x),
    area.left,
    area.right,
  );
  const up = scale([...points.map(([, y]) => y), plot.y.limit ?? 0], area.bottom, area.top);
  const labels = placeLabels(plot.series.map(({ points: own }) => up.at(own.at(-1)?.[1] ?? 0)));
  const lines = plot.series.map(({ name, points: own, role }, i) => {
    const path = own.map(([x, y], n) => `${n === 0 ? 'M' : 'L'}${across.at(x)} ${up.at(y)}`).join(' ');
    const dots = own.map(([x, y]) => `<circle class="dot" cx="${across.at(x)}" cy="${up.at(y)}" r="3.5"/>`).join('');
    const labelX = across.at(own.at(-1)?.[0] ?? 0) + 10;
    const label = `<text class="name" x="${labelX}" y="${round((labels[i] ?? 0) + 4)}">${escape(name)}</text>`;
    return `<g class="${role}"><path class="line" d="${path}"/>${dots}${label}</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escape(plot.title)}">`,
    `<style>${style}\n</style>`,
    `<rect class="back" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>`,
    `<text class="title" x="24" y="32">${escape(plot.title)}</text>`,
    `<text x="24" y="52">${escape(plot.subtitle)}</text>`,
    ...drawAxes(plot, across, up),
    ...lines,
    '</svg>',
    '',
  ].join('\n');
}
