// Which part of a long list is on show: the API gives it page by page.

import { make, setText } from './dom.js';

export const pageSize = 50;

export interface Pager {
  readonly start: number;
  show(total: number): void;
}

export function wirePager(root: HTMLElement, what: string, onTurn: () => void): Pager {
  const plain = (text: string): HTMLButtonElement =>
    make('button', { class: 'btn btn-outline-secondary btn-sm', text, attributes: { type: 'button' } });
  const [previous, next] = [plain('Previous'), plain('Next')];
  const where = make('span', { class: 'num' });
  root.append(previous, where, next);
  let start = 0;
  const turn = (by: number): void => {
    start = Math.max(0, start + by);
    onTurn();
  };
  previous.addEventListener('click', () => turn(-pageSize));
  next.addEventListener('click', () => turn(pageSize));
  return {
    get start() {
      return start;
    },
    show: (total) => {
      // The last page may have gone meanwhile.
      if (start >= total) start = Math.max(0, Math.ceil(total / pageSize) - 1) * pageSize;
      root.hidden = total <= pageSize;
      setText(where, `${start + 1}–${Math.min(total, start + pageSize)} of ${total} ${what}`);
      previous.disabled = start === 0;
      next.disabled = start + pageSize >= total;
    },
  };
}
