// One stream on the wall: a picture, its name and figures, sound and removal.

import { pageQuery, type Place } from '../model/address.js';
import type { Delay } from '../model/chase.js';
import { bitrate, seconds } from '../model/figures.js';
import type { Abilities, Choice } from '../model/protocols.js';
import { protocolNames } from '../model/protocols.js';
import { describeState, type State } from '../model/state.js';
import { Session } from '../playback/session.js';
import { need, setText, showIcon } from './dom.js';

export interface TileOptions {
  readonly place: Place;
  readonly choice: Choice;
  readonly delay: Delay | null;
  readonly abilities: Abilities;
  /** The viewer wants to hear this one, or no longer. */
  onSound(wanted: boolean): void;
  onRemove(): void;
}

export interface Tile {
  readonly item: HTMLLIElement;
  readonly place: Place;
  setSound(on: boolean): void;
  /** Writes its figures; the wall does so for all in one go. */
  tick(): void;
  stop(): void;
}

export function makeTile(options: TileOptions): Tile {
  const { place } = options;
  const template = need('#tile', HTMLTemplateElement);
  const item = need('li', HTMLLIElement, template.content).cloneNode(true) as HTMLLIElement;
  const part = <T extends Element>(name: string, type: new () => T): T => need(`[data-part="${name}"]`, type, item);
  const video = need('video', HTMLVideoElement, item);
  const [sound, remove] = [part('sound', HTMLButtonElement), part('remove', HTMLButtonElement)];
  const name = `${place.app}/${place.stream}`;

  item.dataset['name'] = name;
  video.muted = true;
  video.setAttribute('aria-label', name);
  const session = new Session({
    ...options,
    video,
    onState: (state) => showState(item, state),
    onMuted: () => setSound(false),
  });
  const setSound = (on: boolean): void => {
    video.muted = !on;
    sound.setAttribute('aria-pressed', String(on));
    sound.setAttribute('aria-label', `Sound of ${name}`);
    showIcon(sound, on ? 'on' : 'off');
  };
  const link = part('name', HTMLAnchorElement);
  setText(link, place.stream);
  link.href = `player.html${pageQuery(place, location, { autostart: 'true' })}`;
  link.title = name;
  remove.setAttribute('aria-label', `Remove ${name}`);
  remove.addEventListener('click', () => options.onRemove());
  sound.addEventListener('click', () => options.onSound(video.muted));
  part('again', HTMLButtonElement).addEventListener('click', () => session.start());
  setSound(false);
  session.start();
  return {
    item,
    place,
    setSound,
    tick: () => setText(part('figures', HTMLElement), figuresText(session)),
    stop: () => session.stop(),
  };
}

function figuresText(session: Session): string {
  const { state } = session;
  if (state.kind !== 'playing') return '';
  const { latency, kbps, height } = session.figures();
  const parts = [protocolNames[state.protocol], height > 0 ? `${height}p` : '', seconds(latency), bitrate(kbps)];
  return parts.filter((text) => text !== '' && text !== '–').join(' · ');
}

function showState(item: HTMLLIElement, state: State): void {
  const part = (name: string): HTMLElement => need(`[data-part="${name}"]`, HTMLElement, item);
  const words = describeState(state);
  item.dataset['state'] = state.kind;
  part('dot').dataset['state'] = state.kind;
  part('notice').hidden = words.title === '';
  part('spinner').hidden = !words.isBusy;
  setText(part('title'), words.title);
  part('title').title = words.advice;
  part('again').hidden = !words.canRetry;
}
