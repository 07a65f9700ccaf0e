// `weir token` prints what the server accepts.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { join } from 'node:path';
import { checkToken } from '../../src/access/token.js';
import { repository } from '../e2e/support/servers.js';

const secret = 'a-secret-of-16-chars';
const run = (...args: string[]) => {
  const env = { ...process.env, WEIR_TOKEN_SECRET: secret };
  const main = join(repository, 'dist', 'src', 'main.js');
  return spawnSync(process.execPath, [main, 'token', ...args], { env, encoding: 'utf8' });
};

test('weir token signs for one stream, action and address', () => {
  const { stdout, status } = run('--for', 'publish', '--ip', '192.0.2.1', '--expires', '10m', 'live/s');
  assert.equal(status, 0);
  const [name, token] = stdout.trim().split('=');
  assert.equal(name, 'token');
  const question = { action: 'publish', app: 'live', stream: 's', ip: '192.0.2.1' } as const;
  const now = Math.floor(Date.now() / 1000);
  assert.equal(checkToken([secret], token, { ...question, now }), undefined);
  assert.equal(checkToken([secret], token, { ...question, now: now + 601 }), 'token_expired');
  assert.equal(checkToken([secret], token, { ...question, ip: '192.0.2.2', now }), 'token_invalid');
});

test('weir token says what is wrong with its arguments', () => {
  for (const args of [[], ['s'], ['--for', 'watch', 'live/s'], ['--expires', 'soon', 'live/s']]) {
    const { status, stderr } = run(...args);
    assert.equal(status, 2);
    assert.match(stderr, /weir token/);
  }
});
