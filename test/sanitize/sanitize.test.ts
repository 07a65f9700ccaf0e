// Native code under sanitizers: unit tests and engine driver (Asan: addresses, leaks, undefined behaviour; Tsan: data races),
// and every fuzz target for a short while, begun from recorded sessions of real clients.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { run } from '../e2e/support/process.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const built = (config: string, name: string) => join(root, 'build', config, name);

/** Longer by hand: WEIR_SECONDS=600 node --test dist/test/sanitize/. */
const seconds = Number(process.env['WEIR_SECONDS'] ?? 20);
/** In CI the same for everybody: a finding by chance would stop somebody whose change has nothing to do with it. */
const seed = process.env['CI'] ? 1 : (Date.now() % 1_000_000) + 1;

/** The first report ends the program, so that it can't be missed. */
const environment = {
  ...process.env,
  ASAN_OPTIONS: 'halt_on_error=1:detect_leaks=1',
  UBSAN_OPTIONS: 'halt_on_error=1:print_stacktrace=1',
  TSAN_OPTIONS: 'halt_on_error=1:second_deadlock_stack=1',
};

async function passes(context: TestContext, program: string, args: readonly string[]): Promise<void> {
  const { status, signal, stdout, stderr } = await run(context, program, args, {
    seconds: seconds + 180,
    env: environment,
  });
  const end = `${stdout}${stderr}`.split('\n').slice(-80).join('\n');
  assert.equal(status, 0, `${program} ended by ${signal ?? `status ${String(status)}`}:\n${end}`);
}

test('the native unit tests pass under ASan and UBSan', async (context) => {
  await passes(context, built('Asan', 'weir-native-tests'), ['--gtest_brief=1']);
});

describe('the engine driver runs on two reactors without a report', () => {
  for (const config of ['Asan', 'Tsan']) {
    test(`under ${config}`, async (context) => {
      context.diagnostic(`seed ${String(seed)}`);
      await passes(context, built(config, 'weir-driver'), [
        '--seconds',
        String(seconds),
        '--seed',
        String(seed),
        '--reactors',
        '2',
      ]);
    });
  }
});

describe('fuzzing finds nothing', { concurrency: 2 }, () => {
  const targets = readdirSync(join(root, 'test', 'fuzz'))
    .filter((name) => name.endsWith('.cc'))
    .map((name) => name.slice(0, -'.cc'.length));

  for (const target of targets) {
    test(`in ${target}`, async (context) => {
      const corpus = mkdtempSync(join(tmpdir(), 'weir-fuzz-'));
      context.after(() => rmSync(corpus, { recursive: true, force: true }));
      const seeds = join(root, 'test', 'fuzz', 'seeds', target);
      const limits = [
        `-max_total_time=${String(seconds)}`,
        `-seed=${String(seed)}`,
        '-timeout=10',
        '-rss_limit_mb=1024',
        '-print_final_stats=1',
      ];
      const where = [`-artifact_prefix=${join(root, 'build')}/`, corpus, ...(existsSync(seeds) ? [seeds] : [])];
      await passes(context, built('Asan', `fuzz-${target}`), [...limits, ...where]);
    });
  }
});
