// The wall: up to ten streams side by side, at most one of them with sound. What is on it stands in the page's address.

import { parseTyped, readPlace, streamUrls, type Place } from './model/address.js';
import { isChoice } from './model/protocols.js';
import { vhostToName, type LiveStream } from './model/streams.js';
import { mostOnWall, nameOnWall, parseWall, wallQuery } from './model/wall.js';
import { browserAbilities } from './playback/engines.js';
import { rememberedDelay } from './ui/delay_form.js';
import { button, element, input, make, need, setText } from './ui/dom.js';
import { watchStreams } from './ui/fetch_streams.js';
import { wireFrame } from './ui/frame.js';
import { makeTile, type Tile } from './ui/tile.js';

const figuresEvery = 1000;

interface Wall {
  /** Why it can't be added; empty when it was. */
  add(place: Place): string;
}

function startWall(): Wall {
  const query = new URLSearchParams(location.search);
  const base = readPlace(query, location);
  const wanted = query.get('protocol') ?? 'auto';
  const shared = {
    choice: isChoice(wanted) ? wanted : ('auto' as const),
    delay: rememberedDelay(),
    abilities: browserAbilities(),
  };
  const tiles: Tile[] = [];
  const changed = (): void => {
    const wall = element('wall');
    wall.dataset['count'] = String(tiles.length);
    element('empty').hidden = tiles.length > 0;
    setText(element('count'), tiles.length === 0 ? '' : `${tiles.length} of at most ${mostOnWall}`);
    const names = tiles.map(({ place }) => nameOnWall(place));
    history.replaceState(null, '', `${location.pathname}${wallQuery(query, names)}`);
  };
  const add = (place: Place): string => {
    const { flv } = streamUrls(place);
    if (tiles.some((tile) => streamUrls(tile.place).flv === flv)) return `${nameOnWall(place)} is on the wall already.`;
    if (tiles.length >= mostOnWall) return `The wall is full: ${mostOnWall} streams.`;
    const tile: Tile = makeTile({
      ...shared,
      place,
      onSound: (on) => tiles.forEach((other) => other.setSound(on && other === tile)),
      onRemove: () => {
        tile.stop();
        tile.item.remove();
        tiles.splice(tiles.indexOf(tile), 1);
        changed();
        input('typed').focus();
      },
    });
    tiles.push(tile);
    element('wall').append(tile.item);
    changed();
    return '';
  };
  setInterval(() => tiles.forEach((tile) => tile.tick()), figuresEvery);
  for (const place of parseWall(query, base)) add(place);
  changed();
  return { add };
}

function wireAdding(wall: Wall): void {
  const base = readPlace(new URLSearchParams(location.search), location);
  const [typed, error, all] = [input('typed'), element('typed-error'), button('add-all')];
  let live: readonly LiveStream[] = [];
  const say = (problem: string): void => {
    setText(error, problem);
    error.hidden = problem === '';
    typed.setAttribute('aria-invalid', String(problem !== ''));
  };
  need('#add', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault();
    const place = parseTyped(typed.value, base);
    const problem = place ? wall.add(place) : 'This is no address of a stream. Try live/livestream.';
    say(problem);
    if (problem === '') typed.value = '';
    typed.focus();
  });
  all.addEventListener('click', () => {
    for (const one of live.slice(0, mostOnWall)) {
      wall.add({ ...base, app: one.app, stream: one.stream, vhost: vhostToName(one, live, base.server) });
    }
  });
  watchStreams(new URL(streamUrls(base).flv).origin, (listing) => {
    live = listing.kind === 'streams' ? listing.streams : [];
    all.hidden = live.length === 0;
    const options = live.map(({ app, stream }) => make('option', { attributes: { value: `${app}/${stream}` } }));
    element('live-streams').replaceChildren(...options);
  });
}

wireFrame();
wireAdding(startWall());
