// Finds and makes elements. One that a page must have and has not is a mistake of ours, told at once.

export function need<T extends Element>(selector: string, type: new () => T, within: ParentNode = document): T {
  const found = within.querySelector(selector);
  if (!(found instanceof type)) throw new Error(`the page has no ${selector}`);
  return found;
}

export const button = (id: string): HTMLButtonElement => need(`#${id}`, HTMLButtonElement);
export const input = (id: string): HTMLInputElement => need(`#${id}`, HTMLInputElement);
export const element = (id: string): HTMLElement => need(`#${id}`, HTMLElement);

export interface Made {
  readonly class?: string;
  readonly text?: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

export function make<K extends keyof HTMLElementTagNameMap>(
  name: K,
  { class: className, text, attributes = {} }: Made = {},
  ...children: readonly Node[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  if (className !== undefined) made.className = className;
  if (text !== undefined) made.textContent = text;
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(...children);
  return made;
}

/** A picture of ours, from its SVG text; it says nothing to those who listen. */
export function icon(svg: string): Element {
  const { documentElement } = new DOMParser().parseFromString(svg, 'image/svg+xml');
  documentElement.setAttribute('aria-hidden', 'true');
  return document.importNode(documentElement, true);
}

/** Shows the one of a button's pictures that has this name. */
export function showIcon(within: Element, name: string): void {
  for (const picture of within.querySelectorAll<HTMLElement>('[data-icon]')) {
    picture.hidden = picture.dataset['icon'] !== name;
  }
}

export function setText(target: Element, text: string): void {
  // Screen readers read a region again when its text is set, even to the same.
  if (target.textContent !== text) target.textContent = text;
}
