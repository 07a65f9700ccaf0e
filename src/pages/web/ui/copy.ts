// A list of addresses, each with a button that copies it.

import check from 'bootstrap-icons/icons/check2.svg';
import copy from 'bootstrap-icons/icons/copy.svg';
import { element, icon, make, setText } from './dom.js';

export interface Address {
  readonly name: string;
  readonly url: string;
}

const shownFor = 1500;

export function showAddresses(list: HTMLElement, addresses: readonly Address[]): void {
  list.replaceChildren(...addresses.map(row));
}

function row({ name, url }: Address): HTMLLIElement {
  const text = make('code', {
    class: 'url',
    text: url,
    attributes: { tabindex: '0', 'aria-label': `${name}: ${url}` },
  });
  // One click selects all of it, for where nothing can be copied by a script.
  text.addEventListener('focus', () => getSelection()?.selectAllChildren(text));
  return make('li', {}, make('span', { class: 'label', text: name }), text, copyButton(name, url, text));
}

function copyButton(name: string, url: string, text: HTMLElement): HTMLButtonElement {
  const attributes = { type: 'button', 'aria-label': `Copy ${name}`, title: 'Copy' };
  const made = make('button', { class: 'icon-button', attributes }, icon(copy));
  made.addEventListener('click', () => {
    void copyText(url, text).then((done) => {
      setText(element('announce'), done ? `${name} copied` : 'Press Ctrl+C to copy');
      if (!done) return;
      made.replaceChildren(icon(check));
      made.classList.add('done');
      setTimeout(() => {
        made.replaceChildren(icon(copy));
        made.classList.remove('done');
        setText(element('announce'), '');
      }, shownFor);
    });
  });
  return made;
}

/** Pages over plain HTTP have no clipboard API, and most of ours come that way. */
async function copyText(url: string, text: HTMLElement): Promise<boolean> {
  if (isSecureContext) {
    try {
      await navigator.clipboard.writeText(url);
      return true;
    } catch {
      // The permission was refused: the older way may still work.
    }
  }
  getSelection()?.selectAllChildren(text);
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only way without TLS
  return document.execCommand('copy');
}
