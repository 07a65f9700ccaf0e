// weir as a library, in the process of its user.
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { describe, test } from 'node:test';
import { ConfigError, LiveError, start, type Log } from '../../src/index.js';
import { freePort } from '../e2e/support/servers.js';

const silent: Log = {
  trace: () => undefined,
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

describe('start()', () => {
  test('listens where the text says, and can start again after stop', async () => {
    const port = await freePort();
    for (let round = 0; round < 2; round++) {
      const server = await start({ text: `listen 127.0.0.1:${port};`, log: silent });
      assert.deepEqual(server.listening, [{ host: '127.0.0.1', port }]);
      assert.equal(server.stats().players, 0);
      await server.stop();
    }
  });

  test('rejects a wrong configuration with all its mistakes', async () => {
    await assert.rejects(start({ text: 'listen x; daemon maybe;', log: silent }), (error: unknown) => {
      assert.ok(error instanceof ConfigError);
      assert.equal(error.diagnostics.length, 2);
      return true;
    });
  });

  test('rejects a port that is taken, and leaves nothing behind', async (context) => {
    const [free, port] = [await freePort(), await freePort()];
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(port, '127.0.0.1', resolve));
    context.after(() => taken.close());
    const text = `listen 127.0.0.1:${free} 127.0.0.1:${port};`;
    await assert.rejects(start({ text, log: silent }), (error) => {
      return error instanceof LiveError && error.code === 'listen_failed';
    });
    const again = await start({ text: `listen 127.0.0.1:${free};`, log: silent });
    await again.stop();
  });

  test('rejects a port that another weir listens on', async () => {
    const port = await freePort();
    const isRefused = (error: unknown) => error instanceof LiveError && error.code === 'listen_failed';
    const text = `listen 127.0.0.1:${port};`;
    const first = await start({ text, log: silent });
    await assert.rejects(start({ text, log: silent }), isRefused);
    await first.stop();
    const again = await start({ text, log: silent });
    await again.stop();
  });
});
