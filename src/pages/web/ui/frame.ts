// What every page has: the colours' button, and links that keep the query, as SRS's pages do.

import { button } from './dom.js';
import { wireThemeButton } from './theme.js';

export function wireFrame(): void {
  wireThemeButton(button('theme'));
  for (const link of document.querySelectorAll<HTMLAnchorElement>('a[data-keep-query]')) {
    link.search = location.search;
  }
}
