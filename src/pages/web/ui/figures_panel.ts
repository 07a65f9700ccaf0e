// The live figures, twice a second, with curves of the last minute.

import { bitrate, codecName, dropped, resolution, seconds } from '../model/figures.js';
import { curve, Series } from '../model/meter.js';
import { protocolNames } from '../model/protocols.js';
import type { State } from '../model/state.js';
import type { Figures } from '../playback/reader.js';
import { element, need, setText } from './dom.js';

const interval = 500;
const samples = 120;

export interface FiguresPanel {
  show(state: State): void;
}

export function wireFigures(read: () => Figures): FiguresPanel {
  const series = { latency: new Series(samples), bitrate: new Series(samples) };
  let state: State = { kind: 'idle' };
  const put = (name: string, text: string): void => setText(need(`[data-figure="${name}"]`, HTMLElement), text);
  const draw = (name: keyof typeof series): void =>
    need(`[data-curve="${name}"]`, SVGPolylineElement).setAttribute('points', curve(series[name]));

  const tick = (): void => {
    const isLive = state.kind === 'playing' || state.kind === 'stalled';
    if (document.hidden) return;
    const figures = isLive ? read() : undefined;
    show(put, figures, state);
    setText(element('live-latency'), figures?.latency === undefined ? '' : seconds(figures.latency));
    if (!figures) return;
    if (figures.latency !== undefined) series.latency.push(figures.latency);
    if (figures.kbps !== undefined) series.bitrate.push(figures.kbps);
    draw('latency');
    draw('bitrate');
  };
  setInterval(tick, interval);
  return {
    show: (next) => {
      if (next.kind === 'connecting') for (const one of Object.values(series)) one.clear();
      state = next;
      tick();
    },
  };
}

function show(put: (name: string, text: string) => void, figures: Figures | undefined, state: State): void {
  const name = 'protocol' in state ? protocolNames[state.protocol] : '–';
  put('protocol', figures?.via ?? name);
  put('latency', seconds(figures?.latency));
  put('bitrate', bitrate(figures?.kbps));
  put('resolution', resolution(figures?.width ?? 0, figures?.height ?? 0));
  put('fps', figures?.fps === undefined ? '–' : figures.fps.toFixed(1));
  put('video', codecName(figures?.videoCodec));
  put('audio', codecName(figures?.audioCodec));
  put('buffer', seconds(figures?.buffer));
  put('speed', figures ? `${figures.rate.toFixed(2)} ×` : '–');
  put('dropped', figures ? dropped(figures.dropped, figures.frames) : '–');
}
