// Builds the viewers' pages and the console, src/pages/web, into dist/pages and dist/console: scripts and styles bundled, with a hash in their names, so that
// a browser may keep them for ever; pages filled into their layout. Nothing is fetched from elsewhere when they run.
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compile } from 'sass';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const web = join(root, 'src', 'pages', 'web');
const out = join(root, 'dist', 'pages');
/** What the API's port serves: none of it is a viewer's. */
const consoleOut = join(root, 'dist', 'console');
const icons = join(dirname(createRequire(import.meta.url).resolve('bootstrap-icons/package.json')), 'icons');

/** Each is an HTML file and, but for the last, a script of the same name. */
const pages = ['home', 'player', 'wall'];
/** Where each lies below the server's root. */
const places = { home: 'index.html', player: 'player.html', wall: 'wall.html' };
/** Addresses of SRS's pages, which still stand in people's bookmarks. */
const formerly = ['players/index.html', 'players/srs_player.html'];

/** Packages of which something is in the pages. */
const bundled = ['bootstrap', 'bootstrap-icons', 'hls.js', 'mpegts.js', 'es6-promise', 'events'];

const sass = {
  name: 'sass',
  setup(builder) {
    builder.onLoad({ filter: /\.scss$/ }, ({ path }) => {
      const { css, loadedUrls } = compile(path, {
        loadPaths: [join(root, 'node_modules')],
        quietDeps: true,
        // Bootstrap 5 is written for the older module system of Sass.
        silenceDeprecations: ['import', 'global-builtin', 'color-functions', 'if-function'],
      });
      return { contents: css, loader: 'css', watchFiles: loadedUrls.map((url) => fileURLToPath(url)) };
    });
  },
};

const common = {
  bundle: true,
  minify: true,
  metafile: true,
  entryNames: '[name]-[hash]',
  chunkNames: '[name]-[hash]',
  assetNames: '[name]-[hash]',
  // All licences are in licences.txt.
  legalComments: 'none',
  target: ['chrome109', 'firefox115', 'safari15.4'],
  logLevel: 'warning',
  absWorkingDir: root,
};

/** @param {string} folder @param {string[]} entries @param {string[]} earlyEntries */
async function bundle(folder, entries, earlyEntries) {
  const outdir = join(folder, 'assets');
  const scripts = await build({
    ...common,
    outdir,
    entryPoints: entries.map((page) => join(web, `${page}.ts`)),
    format: 'esm',
    splitting: true,
    loader: { '.svg': 'text' },
    alias: { 'hls.js': 'hls.js/light' },
  });
  // These run before the first picture is painted, so they are no modules.
  const early = await build({
    ...common,
    outdir,
    entryPoints: earlyEntries.map((name) => join(web, `${name}.ts`)),
    format: 'iife',
  });
  const style = await build({
    ...common,
    outdir,
    entryPoints: [join(web, 'style', 'weir.scss')],
    plugins: [sass],
  });
  return [scripts, early, style].flatMap(({ metafile }) => Object.entries(metafile.outputs));
}

/** The built file of an entry, relative to dist/pages. */
function builtName(outputs, entry) {
  const [path] = outputs.find(([, { entryPoint }]) => entryPoint && basename(entryPoint) === entry) ?? [];
  if (!path) throw new Error(`nothing was built of ${entry}`);
  return `assets/${basename(path)}`;
}

function copyHashed(folder, path) {
  const hash = createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 8);
  const name = `assets/${basename(path).replace(/(\.\w+)$/, `-${hash}$1`)}`;
  copyFileSync(path, join(folder, name));
  return name;
}

/** `{{name}}` stands for a value, `{{icon name}}` for a picture of bootstrap-icons. */
function fill(template, values) {
  return template.replace(/\{\{(icon )?([\w-]+)\}\}/g, (_, icon, name) => {
    if (icon)
      return readFileSync(join(icons, `${name}.svg`), 'utf8')
        .replace('<svg ', '<svg aria-hidden="true" ')
        .trim();
    if (!(name in values)) throw new Error(`a page asks for {{${name}}}`);
    return values[name];
  });
}

const html = (name) => readFileSync(join(web, 'html', `${name}.html`), 'utf8');

/** A page begins with a comment that has its title. */
function writePage(page, outputs, shared) {
  const main = html(page);
  const [, title = 'weir'] = /^<!-- title: (.*) -->\n/.exec(main) ?? [];
  const current = Object.fromEntries(pages.map((name) => [`at-${name}`, name === page ? 'aria-current="page"' : '']));
  const values = { ...shared, ...current, title, page, script: builtName(outputs, `${page}.ts`) };
  const filled = fill(main.replace(/^<!--.*-->\n/, ''), values);
  writeFileSync(join(out, places[page]), fill(html('layout'), { ...values, main: filled }));
}

/** The licences of what is bundled, as they ask to be passed on. */
function writeLicences() {
  const texts = bundled.map((name) => {
    const folder = join(root, 'node_modules', name);
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    if (!file) throw new Error(`${name} has no licence`);
    return `${name}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
  });
  writeFileSync(join(out, 'licences.txt'), texts.join(`\n${'-'.repeat(80)}\n\n`));
}

function emptyFolder(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'assets'), { recursive: true });
}

const sharedOf = (folder, outputs) => ({
  style: builtName(outputs, 'weir.scss'),
  theme: builtName(outputs, 'theme.ts'),
  favicon: copyHashed(folder, join(web, 'html', 'favicon.svg')),
});

async function buildConsole() {
  emptyFolder(consoleOut);
  const outputs = await bundle(consoleOut, ['console'], ['theme']);
  const values = { ...sharedOf(consoleOut, outputs), script: builtName(outputs, 'console.ts') };
  writeFileSync(join(consoleOut, 'index.html'), fill(html('console'), values));
}

export async function buildPages() {
  emptyFolder(out);
  const outputs = await bundle(out, pages, ['theme', 'moved']);
  const shared = sharedOf(out, outputs);
  for (const page of pages) writePage(page, outputs, shared);
  writeLicences();
  for (const path of formerly) {
    mkdirSync(dirname(join(out, path)), { recursive: true });
    writeFileSync(join(out, path), fill(html('moved'), { script: `../${builtName(outputs, 'moved.ts')}` }));
  }
  await buildConsole();
}
