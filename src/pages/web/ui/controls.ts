// The bar below the picture, and its keys.

import { canPlay, protocolNames, protocols, type Abilities, type Choice, isChoice } from '../model/protocols.js';
import type { State } from '../model/state.js';
import { button, element, input, make, need, setText, showIcon } from './dom.js';

export interface Playback {
  readonly video: HTMLVideoElement;
  isActive(): boolean;
  toggle(): void;
  goLive(): void;
  choose(choice: Choice): void;
}

export interface Controls {
  show(state: State): void;
  /** Sound may be off because the browser wanted it so. */
  soundChanged(byBrowser: boolean): void;
}

const volumeStep = 0.1;
/** In full screen the bar goes away after so long without a move. */
const quietAfter = 2500;

export function wireControls(playback: Playback, abilities: Abilities, choice: Choice): Controls {
  const { video } = playback;
  const controls = { show: (state: State) => showPlaying(state), soundChanged: wireSound(video) };
  button('play').addEventListener('click', () => playback.toggle());
  button('live').addEventListener('click', () => playback.goLive());
  wireProtocol(playback, abilities, choice);
  wireFullScreen(video);
  wirePictureInPicture(video);
  wireKeys(playback);
  return controls;
}

function showPlaying(state: State): void {
  const isActive = state.kind !== 'idle' && state.kind !== 'paused' && state.kind !== 'fault';
  const play = button('play');
  showIcon(play, isActive ? 'pause' : 'play');
  play.setAttribute('aria-label', isActive ? 'Pause' : 'Play');
  button('live').dataset['state'] = state.kind;
  const auto = need('#protocol option[value=auto]', HTMLOptionElement);
  setText(auto, 'protocol' in state && isAuto() ? `Auto: ${protocolNames[state.protocol]}` : 'Auto');
}

const isAuto = (): boolean => need('#protocol', HTMLSelectElement).value === 'auto';

function wireSound(video: HTMLVideoElement): (byBrowser: boolean) => void {
  const [mute, unmute, volume] = [button('mute'), button('unmute'), input('volume')];
  const show = (): void => {
    const isOff = video.muted || video.volume === 0;
    showIcon(mute, isOff ? 'off' : 'on');
    mute.setAttribute('aria-label', isOff ? 'Turn sound on' : 'Mute');
    volume.value = String(Math.round(video.muted ? 0 : video.volume * 100));
    if (!video.muted) unmute.hidden = true;
  };
  mute.addEventListener('click', () => toggleSound(video));
  unmute.addEventListener('click', () => turnSoundOn(video));
  volume.addEventListener('input', () => {
    video.volume = Number(volume.value) / 100;
    video.muted = volume.value === '0';
  });
  video.addEventListener('volumechange', show);
  show();
  return (byBrowser) => {
    unmute.hidden = !byBrowser;
    show();
  };
}

function toggleSound(video: HTMLVideoElement): void {
  if (video.muted) turnSoundOn(video);
  else video.muted = true;
}

function turnSoundOn(video: HTMLVideoElement): void {
  video.muted = false;
  if (video.volume === 0) video.volume = 1;
}

function wireProtocol(playback: Playback, abilities: Abilities, choice: Choice): void {
  const select = need('#protocol', HTMLSelectElement);
  const options = protocols.map((protocol) => {
    const option = make('option', { text: protocolNames[protocol], attributes: { value: protocol } });
    option.disabled = !canPlay(protocol, abilities);
    return option;
  });
  select.replaceChildren(make('option', { text: 'Auto', attributes: { value: 'auto' } }), ...options);
  select.value = choice;
  select.addEventListener('change', () => {
    if (isChoice(select.value)) playback.choose(select.value);
  });
}

/** iPhones show nothing but a video in full screen. */
type AppleVideo = HTMLVideoElement & { webkitEnterFullscreen?: () => void };

function wireFullScreen(video: AppleVideo): void {
  const stage = element('stage');
  const toggle = button('fullscreen');
  toggle.addEventListener('click', () => {
    if (document.fullscreenElement) void document.exitFullscreen();
    else if (document.fullscreenEnabled) void stage.requestFullscreen();
    else video.webkitEnterFullscreen?.();
  });
  document.addEventListener('fullscreenchange', () => {
    const isFull = document.fullscreenElement === stage;
    showIcon(toggle, isFull ? 'exit' : 'enter');
    toggle.setAttribute('aria-label', isFull ? 'Leave full screen' : 'Full screen');
  });
  video.addEventListener('dblclick', () => toggle.click());
  let timer: ReturnType<typeof setTimeout> | undefined;
  const wake = (): void => {
    stage.classList.remove('quiet');
    clearTimeout(timer);
    timer = setTimeout(() => stage.classList.add('quiet'), quietAfter);
  };
  for (const type of ['pointermove', 'pointerdown', 'keydown', 'focusin']) stage.addEventListener(type, wake);
}

function wirePictureInPicture(video: HTMLVideoElement): void {
  const toggle = button('pip');
  toggle.hidden = !document.pictureInPictureEnabled;
  toggle.addEventListener('click', () => {
    const change = document.pictureInPictureElement ? document.exitPictureInPicture() : video.requestPictureInPicture();
    // Refused while there is no picture: then there is nothing to put into a picture.
    change.catch(() => undefined);
  });
}

function wireKeys(playback: Playback): void {
  const { video } = playback;
  const louder = (by: number): void => {
    video.volume = Math.min(1, Math.max(0, video.volume + by));
    video.muted = video.volume === 0;
  };
  const actions: Readonly<Record<string, () => void>> = {
    k: () => playback.toggle(),
    ' ': () => playback.toggle(),
    m: () => toggleSound(video),
    l: () => playback.goLive(),
    f: () => button('fullscreen').click(),
    p: () => button('pip').click(),
    ArrowUp: () => louder(volumeStep),
    ArrowDown: () => louder(-volumeStep),
  };
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const action = Object.hasOwn(actions, key) ? actions[key] : undefined;
    if (!action || !isFree(event.target, key)) return;
    event.preventDefault();
    action();
  });
}

/** Whether what has the focus has no use of its own for the key. */
function isFree(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return true;
  if (target.matches('input:not([type=range]):not([type=radio]), select, textarea')) return false;
  if (key === ' ') return !target.matches('button, a, summary, input');
  const isArrow = key.startsWith('Arrow');
  // Arrows scroll the page unless the player has the focus.
  return !isArrow || (target.closest('#stage') !== null && !target.matches('input'));
}
