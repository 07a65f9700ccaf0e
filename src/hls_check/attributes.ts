// Attribute lists of playlist tags: `NAME=value,NAME="text"` (RFC 8216, 4.2).

export interface Attributes {
  readonly values: ReadonlyMap<string, string>;
  readonly faults: readonly string[];
}

const pair = /([A-Z0-9-]+)=("[^"\r\n]*"|[^",\s][^,\s"]*)(,|$)/y;

/** Quoted values come without their quotes. */
export function readAttributes(text: string): Attributes {
  const values = new Map<string, string>();
  const faults: string[] = [];
  let at = 0;
  while (at < text.length) {
    pair.lastIndex = at;
    const match = pair.exec(text);
    if (!match) {
      faults.push(`no attribute list at "${text.slice(at)}"`);
      break;
    }
    const [whole, name = '', value = ''] = match;
    if (values.has(name)) faults.push(`attribute ${name} stands twice`);
    values.set(name, value.replace(/^"(.*)"$/, '$1'));
    at += whole.length;
  }
  if (text.endsWith(',')) faults.push('an attribute list ends with a comma');
  return { values, faults };
}
