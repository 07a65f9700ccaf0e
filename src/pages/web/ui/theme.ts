// Dark and light: the system's way until the viewer says otherwise; the choice is kept in this browser.

const key = 'weir-theme';
const themes = ['auto', 'light', 'dark'] as const;
type Theme = (typeof themes)[number];

const darkSystem = (): MediaQueryList => matchMedia('(prefers-color-scheme: dark)');

function chosen(): Theme {
  try {
    return themes.find((theme) => theme === localStorage.getItem(key)) ?? 'auto';
  } catch {
    return 'auto'; // storage may be forbidden
  }
}

export function applyTheme(theme: Theme = chosen()): void {
  const dark = theme === 'dark' || (theme === 'auto' && darkSystem().matches);
  document.documentElement.dataset['bsTheme'] = dark ? 'dark' : 'light';
}

/** Lets a button go through the three. */
export function wireThemeButton(button: HTMLButtonElement): void {
  let theme = chosen();
  const show = (): void => {
    applyTheme(theme);
    const names: Readonly<Record<Theme, string>> = { auto: 'as the system', light: 'light', dark: 'dark' };
    button.setAttribute('aria-label', `Colours: ${names[theme]}`);
    button.title = `Colours: ${names[theme]}`;
    for (const icon of button.querySelectorAll<HTMLElement>('[data-theme-icon]')) {
      icon.hidden = icon.dataset['themeIcon'] !== theme;
    }
  };
  button.addEventListener('click', () => {
    theme = themes[(themes.indexOf(theme) + 1) % themes.length] ?? 'auto';
    try {
      localStorage.setItem(key, theme);
    } catch {
      // It lasts as long as the page then.
    }
    show();
  });
  darkSystem().addEventListener('change', show);
  show();
}
