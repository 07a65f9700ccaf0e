// How near to live: four ready-made answers, and their numbers for who wants others. What was chosen is kept in this browser.

import { boundedDelay, defaultDelay, delays, isDelayName, type Delay, type DelayName } from '../model/chase.js';
import { element, input, need, setText } from './dom.js';

const key = 'weir-delay';

const hints: Readonly<Record<DelayName, string>> = {
  shortest: 'For talking back. A network that stutters shows.',
  short: 'Right for most.',
  steady: 'For networks that stutter: late, but without a stop.',
  off: 'Never hurries: what was lost to stops stays lost.',
};

interface Chosen {
  readonly name: DelayName;
  readonly delay: Delay | null;
}

/** `wanted`: what the page's query says. */
export function wireDelay(wanted: string | null, onChange: (delay: Delay | null) => void): Delay | null {
  let chosen = wanted !== null && isDelayName(wanted) ? { name: wanted, delay: delays[wanted] } : remembered();
  const numbers = { target: input('delay-target'), jump: input('delay-jump'), rate: input('delay-rate') };
  const show = (): void => {
    need(`#delay-${chosen.name}`, HTMLInputElement).checked = true;
    setText(element('delay-hint'), hints[chosen.name]);
    for (const [name, field] of Object.entries(numbers)) {
      field.disabled = chosen.delay === null;
      field.value = chosen.delay === null ? '' : String(chosen.delay[name as keyof Delay]);
    }
  };
  const choose = (next: Chosen): void => {
    chosen = next;
    remember(chosen);
    show();
    onChange(chosen.delay);
  };
  const form = need('#delay', HTMLFormElement);
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('change', (event) => {
    const field = event.target;
    if (!(field instanceof HTMLInputElement)) return;
    if (field.type === 'radio') {
      if (isDelayName(field.value)) choose({ name: field.value, delay: delays[field.value] });
      return;
    }
    const value = (of: HTMLInputElement): number => of.valueAsNumber;
    const { target, jump, rate } = numbers;
    choose({ name: chosen.name, delay: boundedDelay({ target: value(target), jump: value(jump), rate: value(rate) }) });
  });
  show();
  return chosen.delay;
}

/** What this browser chose before, else what is right for most. */
export function rememberedDelay(): Delay | null {
  return remembered().delay;
}

function remembered(): Chosen {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? '{}') as { name?: unknown; delay?: Partial<Delay> | null };
    if (typeof kept.name === 'string' && isDelayName(kept.name)) {
      const { target = Number.NaN, jump = Number.NaN, rate = Number.NaN } = kept.delay ?? {};
      if (kept.name === 'off') return { name: 'off', delay: null };
      if ([target, jump, rate].every(Number.isFinite))
        return { name: kept.name, delay: boundedDelay({ target, jump, rate }) };
    }
  } catch {
    // Storage is forbidden, or holds something else.
  }
  return { name: defaultDelay, delay: delays[defaultDelay] };
}

function remember(chosen: Chosen): void {
  try {
    localStorage.setItem(key, JSON.stringify(chosen));
  } catch {
    // It lasts as long as the page then.
  }
}
