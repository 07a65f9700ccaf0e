// The player page.

import { pageQuery, readPlace, type Place } from './model/address.js';
import { isChoice } from './model/protocols.js';
import type { State } from './model/state.js';
import { browserAbilities } from './playback/engines.js';
import { Session } from './playback/session.js';
import { wireControls } from './ui/controls.js';
import { wireDelay } from './ui/delay_form.js';
import { element, need, setText } from './ui/dom.js';
import { wireFigures } from './ui/figures_panel.js';
import { wireFrame } from './ui/frame.js';
import { wireNotice } from './ui/notice.js';
import { wirePlace } from './ui/place_form.js';
import { keepStill } from './ui/still.js';

/** Any of SRS's spellings. */
function wantsStart(query: URLSearchParams): boolean {
  return ['autostart', 'rtmp_autostart', 'hls_autostart'].some((name) => query.get(name) === 'true');
}

function showTitle({ app, stream, vhost, server }: Place): void {
  const title = element('title');
  setText(title, stream);
  const where = document.createElement('small');
  where.textContent = ` ${[app, vhost, server === location.hostname ? '' : server].filter((part) => part !== '').join(' · ')}`;
  title.append(where);
  document.title = `${stream} – weir`;
}

function main(): void {
  wireFrame();
  const query = new URLSearchParams(location.search);
  const place = readPlace(query, location);
  const abilities = browserAbilities();
  const video = need('#video', HTMLVideoElement);
  video.muted = query.get('muted') === 'true';
  const wanted = query.get('protocol') ?? 'auto';
  const choice = isChoice(wanted) ? wanted : 'auto';
  const still = keepStill(video, need('#still', HTMLCanvasElement));

  const delay = wireDelay(query.get('delay'), (changed) => session.setDelay(changed));
  const session = new Session({
    video,
    place,
    choice,
    delay,
    abilities,
    onState: (state) => show(state),
    onMuted: () => controls.soundChanged(true),
    onEnd: () => still.keep(),
  });
  const notice = wireNotice(() => session.resume());
  const figures = wireFigures(() => session.figures());
  const isActive = (): boolean => !['idle', 'paused', 'fault'].includes(session.state.kind);
  const toggle = (): void => (isActive() ? session.pause() : session.resume());
  const controls = wireControls(
    { video, isActive, toggle, goLive: () => session.goLive(), choose: (next) => session.choose(next) },
    abilities,
    choice,
  );
  const show = (state: State): void => {
    if (state.kind === 'playing') still.drop();
    notice.show(state);
    controls.show(state);
    figures.show(state);
  };
  for (const type of ['loadedmetadata', 'resize', 'emptied']) {
    video.addEventListener(type, () => (element('sound-only').hidden = video.readyState === 0 || video.videoWidth > 0));
  }
  video.addEventListener('click', toggle);
  wirePlace(place, (next) => location.assign(pageQuery(next, location, { autostart: 'true' })));
  showTitle(place);
  show(session.state);
  if (wantsStart(query)) session.start();
}

main();
