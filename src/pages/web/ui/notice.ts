// What lies over the picture when there is none: a play button, or what is wrong in a viewer's words.

import { countdown, describeState, type State } from '../model/state.js';
import { button, element, setText } from './dom.js';

const tick = 500;

export interface Notice {
  show(state: State): void;
}

/** Pressing play or `Try again` starts. */
export function wireNotice(start: () => void): Notice {
  const notice = element('notice');
  const [play, again] = [button('start'), button('again')];
  const [title, advice, detail] = ['notice-title', 'notice-advice', 'notice-detail'].map(element);
  let state: State = { kind: 'idle' };

  const showDetail = (): void => {
    const parts = [countdown(state, performance.now()), describeState(state).detail];
    if (detail) setText(detail, parts.filter((part) => part !== '').join(' · '));
  };
  play.addEventListener('click', start);
  again.addEventListener('click', start);
  setInterval(showDetail, tick);
  return {
    show: (next) => {
      state = next;
      const words = describeState(state);
      notice.hidden = words.title === '' && !words.wantsPlay;
      notice.dataset['state'] = state.kind;
      play.hidden = !words.wantsPlay;
      again.hidden = !words.canRetry;
      element('spinner').hidden = !words.isBusy;
      if (title) setText(title, words.title);
      if (advice) setText(advice, words.advice);
      showDetail();
      const badge = element('state');
      badge.dataset['state'] = state.kind;
      setText(element('state-text'), words.short);
    },
  };
}
