// `refer`: which pages a client may come from. Unlike SRS a listed domain ends at a dot: github.com admits
// www.github.com, and not evilgithub.com.

/** The host of a page's URL: without schema, user, port and path. Empty when there is none. */
export function pageDomain(pageUrl: string): string {
  const [, authority = ''] = /^(?:[a-z][a-z0-9+.-]*:)?\/\/([^/?#\\]*)/i.exec(pageUrl.trim()) ?? [];
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  const name = host.startsWith('[') ? host.slice(0, host.indexOf(']') + 1) : host.replace(/:\d*$/, '');
  return name.toLowerCase().replace(/\.$/, '');
}

/** Nothing listed: every page may. Else a client without a page (an encoder) may not, as in SRS. */
export function isReferAllowed(listed: readonly string[], pageUrl: string): boolean {
  if (listed.length === 0) return true;
  const domain = pageDomain(pageUrl);
  if (domain === '') return false;
  return listed.some((refer) => {
    const wanted = refer.toLowerCase().replace(/^\*?\./, '');
    return domain === wanted || domain.endsWith(`.${wanted}`);
  });
}
