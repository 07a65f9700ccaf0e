// The Dockerfile without Docker: what its last stage copies is all that the server needs, its command starts it as an ordinary user,
// its health check and its stop signal do what they should. WEIR_DOCKER=1 builds a clone by its steps first, which takes minutes.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { test, type TestContext } from 'node:test';
import { loadConfig } from '../../src/config/load.js';
import { run, start } from './support/process.js';
import { freePort, repository, temporaryFolder } from './support/servers.js';

interface Step {
  readonly name: string;
  readonly text: string;
}

/** The steps of each stage, the first one FROM. */
function stagesOf(file: string): Step[][] {
  const lines = file.replace(/\\\n/g, ' ').split('\n');
  const steps = lines.flatMap((line) => {
    const [, name, text] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
    return name === undefined || text === undefined ? [] : [{ name, text }];
  });
  return steps.reduce<Step[][]>((stages, step) => {
    if (step.name === 'FROM') stages.push([]);
    stages.at(-1)?.push(step);
    return stages;
  }, []);
}

const [build = [], last = []] = stagesOf(readFileSync(join(repository, 'Dockerfile'), 'utf8'));
const textsOf = (steps: readonly Step[], wanted: string): string[] =>
  steps.filter(({ name }) => name === wanted).map(({ text }) => text);
const commandOf = (text: string | undefined): string[] => JSON.parse(text ?? '') as string[];
const isLong = process.env['WEIR_DOCKER'] !== undefined;

/** A clone, and what the steps of the first stage make of it; else what was built here, with the packages that it needs to run. */
function built(context: TestContext): string {
  if (!isLong) return repository;
  const folder = temporaryFolder(context);
  const files = execFileSync('git', ['ls-files'], { cwd: repository, encoding: 'utf8' }).trim().split('\n');
  for (const file of files) cpSync(join(repository, file), join(folder, file));
  for (const text of textsOf(build, 'RUN').filter((one) => one.startsWith('npm'))) {
    execFileSync('sh', ['-c', text], { cwd: folder, stdio: 'ignore' });
  }
  return folder;
}

/** node_modules as `npm prune --omit=dev` leaves them. */
function copyPackages(from: string, to: string): void {
  const listed = execFileSync('npm', ['ls', '--omit=dev', '--all', '--parseable'], { cwd: from, encoding: 'utf8' });
  const folders = listed.trim().split('\n').slice(1);
  assert.ok(folders.length > 5);
  for (const folder of folders)
    cpSync(folder, join(to, relative(join(from, 'node_modules'), folder)), { recursive: true });
}

/** As COPY does: several files into a folder, one folder as another. */
function copyInto(context: TestContext, root: string): void {
  const from = built(context);
  for (const text of textsOf(last, 'COPY')) {
    const [, sources = '', target = ''] = /^--from=build (.*) (\S+)$/.exec(text) ?? [];
    for (const source of sources.split(' ')) {
      const path = join(from, source.replace(/^\/weir\//, ''));
      const isInto = target.endsWith('/');
      const place = join(root, target, isInto ? basename(path) : '');
      mkdirSync(dirname(place), { recursive: true });
      if (basename(path) === 'node_modules' && !isLong) copyPackages(from, place);
      else cpSync(path, place, { recursive: true });
    }
  }
}

test('the steps of the Dockerfile make a server that runs, is healthy, and stops', async (context) => {
  const root = temporaryFolder(context);
  copyInto(context, root);
  // A fixed user of the image; here nobody.
  chmodSync(root, 0o755);
  mkdirSync(join(root, 'objs'));
  chmodSync(join(root, 'objs'), 0o777);
  const asked = commandOf(textsOf(last, 'CMD')[0]);
  const file = join(root, asked.at(-1) ?? '');
  const { config } = loadConfig(file);
  const exposed = textsOf(last, 'EXPOSE').join(' ').split(' ').map(Number);
  assert.deepEqual(exposed, [config.listen[0]?.port, config.http_server.listen.port]);
  assert.equal(config.http_api.listen.host, '127.0.0.1');

  const own = new Map<string, number>();
  for (const port of ['1935', '8080', '1985']) own.set(port, await freePort());
  const text = readFileSync(file, 'utf8').replace(/\b\d{4}\b/g, (port) => String(own.get(port) ?? port));
  rmSync(file);
  writeFileSync(file, text);
  const asNobody = process.getuid?.() === 0 ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : ['env'];
  const [program = '', ...args] = [...asNobody, ...asked.map((word) => (word === 'node' ? process.execPath : word))];
  const weir = start(context, program, args, { cwd: root, seconds: 60 });
  await weir.line(/"service":"http"/);
  await weir.line(/"service":"api"/);

  const http = `http://127.0.0.1:${String(own.get('8080'))}`;
  const api = `http://127.0.0.1:${String(own.get('1985'))}`;
  assert.match(await (await fetch(`${http}/`)).text(), /<title>weir/);
  assert.match(await (await fetch(`${api}/console/`)).text(), /<title>/);
  const [, check = ''] = /CMD (\[.*\])$/.exec(textsOf(last, 'HEALTHCHECK')[0] ?? '') ?? [];
  const [, ...checking] = commandOf(check);
  const healthy = () =>
    run(context, process.execPath, checking, { cwd: root, env: { ...process.env, WEIR_SERVER: api } });
  assert.equal((await healthy()).status, 0);

  const signal = textsOf(last, 'STOPSIGNAL')[0] as NodeJS.Signals;
  const { status, stdout, stderr } = await weir.stop(signal);
  assert.equal(status, 0, stdout + stderr);
  assert.notEqual((await healthy()).status, 0);
});

test('the Dockerfile installs what the build needs, and leaves out what is made anew', async () => {
  const { toBuild } = (await import(join(repository, 'scripts', 'packages.mjs'))) as {
    toBuild: readonly { readonly package: string }[];
  };
  const [install = ''] = textsOf(build, 'RUN');
  for (const need of toBuild) assert.ok(install.split(' ').includes(need.package), `${need.package}: ${install}`);
  const ignored = readFileSync(join(repository, '.dockerignore'), 'utf8').split('\n');
  for (const name of ['.git', 'node_modules', 'build', 'dist', 'objs']) assert.ok(ignored.includes(name), name);
  for (const [step] of [build, last]) assert.match(step?.text ?? '', /^node:20-bookworm/);
  assert.deepEqual(textsOf(last, 'USER'), ['node']);
});
