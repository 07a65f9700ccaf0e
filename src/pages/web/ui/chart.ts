// Lines over time, as SVG. A chart lives as long as its page; what it shows is what it was given last.

import { linePoints } from '../model/console.js';
import { make, setText } from './dom.js';

const namespace = 'http://www.w3.org/2000/svg';

function drawing(size: readonly [number, number], lines: number): [SVGElement, SVGElement[]] {
  const svg = document.createElementNS(namespace, 'svg');
  svg.setAttribute('viewBox', `0 0 ${size[0]} ${size[1]}`);
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('aria-hidden', 'true');
  const made = Array.from({ length: lines }, (_, index) => {
    const line = document.createElementNS(namespace, 'polyline');
    line.setAttribute('class', `line line-${index + 1}`);
    line.setAttribute('vector-effect', 'non-scaling-stroke');
    return line;
  });
  svg.append(...made);
  return [svg, made];
}

export interface Series {
  readonly name: string;
  readonly values: readonly number[];
}

export interface Chart {
  readonly root: HTMLElement;
  show(series: readonly Series[]): void;
}

const size = [300, 80] as const;

/** `names`: what its lines are; `format`: how their values are told. */
export function makeChart(title: string, names: readonly string[], format: (value: number) => string): Chart {
  const [svg, lines] = drawing(size, names.length);
  const peak = make('span', { class: 'peak num' });
  const legend = names.map(() => make('span', { class: 'key num' }));
  const root = make(
    'figure',
    { class: 'plot panel' },
    make('figcaption', {}, make('span', { class: 'label', text: title }), peak),
    svg,
    make('p', { class: 'keys' }, ...legend),
  );
  return {
    root,
    show: (series) => {
      const top = Math.max(0, ...series.flatMap(({ values }) => values));
      setText(peak, `up to ${format(top)}`);
      series.forEach(({ name, values }, index) => {
        lines[index]?.setAttribute('points', linePoints(values, size, top));
        const key = legend[index];
        if (key) setText(key, `${name} ${format(values.at(-1) ?? 0)}`);
      });
    },
  };
}

const sparkSize = [80, 20] as const;

export function makeSpark(): { readonly root: Element; show(values: readonly number[]): void } {
  const [root, [line]] = drawing(sparkSize, 1);
  root.setAttribute('class', 'spark');
  return {
    root,
    show: (values) => line?.setAttribute('points', linePoints(values, sparkSize, Math.max(0, ...values))),
  };
}
