// A publisher whose secret key a hook renames: everybody plays the public name, on every output, and the key stands nowhere but in
// what the operator's own back end is told.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { errorText } from '../../src/errors.js';
import { startWithApi } from './support/api.js';
import { errorOf, roleOverRtmp } from './support/asking.js';
import { backend, type Answer } from './support/backend.js';
import { fixture, publishForEver } from './support/media.js';
import { succeed } from './support/process.js';
import { upgradeOf } from './support/raw_http.js';
import { filesBelow, until } from './support/recordings.js';
import { freePort, startWeir, temporaryFolder } from './support/servers.js';

const key = 'abc-secret-key';
const rename: Answer = ({ body }, response) => {
  const isKey = body['action'] === 'on_publish' && body['stream'] === key;
  response.end(isKey ? '{"code":0,"stream":"match1"}' : '0');
};
const events = ['on_connect', 'on_publish', 'on_unpublish', 'on_play', 'on_stop', 'on_close', 'on_hls', 'on_dvr'];
/** Its calls answer at once. */
const routes = ['streams', 'clients', 'vhosts', 'recordings', 'forwards', 'history', 'summaries', 'configs'];

/** The begin of the answer to an upgrade, and of what follows it. */
async function upgraded(context: TestContext, port: number, path: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  context.after(() => socket.destroy());
  socket.write(upgradeOf(path), 'latin1');
  const [first] = (await once(socket, 'data')) as [Buffer];
  return first.toString('latin1');
}

test('a key is played under its public name alone, over every protocol, and stands nowhere', async (context) => {
  const operator = await backend(context, rename);
  const target = await startWeir(context);
  const [hls, dvr] = [temporaryFolder(context), temporaryFolder(context)];
  const http = await freePort();
  const weir = await startWithApi(context, {
    vhost: `republish_wait 0; forward 127.0.0.1:${String(target.port)};
      http_hooks { enabled on; ${events.map((on) => `${on} ${operator.url}/${on};`).join(' ')} }
      hls { enabled on; hls_path ${hls}; hls_fragment 1; hls_grant 1; }
      dvr { enabled on; dvr_path ${dvr}/[app]/[stream].[timestamp].flv; }`,
    delivery: `http_server { enabled on; listen 127.0.0.1:${String(http)}; stream_list on; }`,
  });
  const published = publishForEver(context, fixture('h264-aac'), weir.url(`${key}?who=me`));
  await weir.logged({ type: 'published', stream: 'match1' });
  await target.logged({ type: 'published', stream: 'match1' });
  await until(() => filesBelow(hls).some((file) => file.endsWith('.m3u8')));
  const base = `http://127.0.0.1:${String(http)}/live`;

  const urls = [weir.url('match1'), `${base}/match1.flv`, `${base}/match1.ts`, `${base}/match1.m3u8`];
  const probe = ['-v', 'error', '-show_entries', 'stream=codec_name'];
  const probed = await Promise.all(urls.map((url) => succeed(context, 'ffprobe', [...probe, url])));
  for (const { stdout } of probed) assert.match(stdout, /h264/);
  const seen = [await upgraded(context, http, '/live/match1.flv')];
  assert.match(seen[0]!, /^HTTP\/1\.1 101 /);

  const refused = await roleOverRtmp(context, weir.port, { action: 'play', name: key });
  assert.deepEqual(errorOf(refused), ['NetStream.Play.Failed', errorText('stream_not_found')]);
  assert.match(await upgraded(context, http, `/live/${key}.flv`), /^HTTP\/1\.1 404 /);
  for (const path of [`${key}.flv`, `${key}.ts`, `${key}.m3u8`, `${key}/index.m3u8`]) {
    const answer = await fetch(`${base}/${path}`);
    assert.equal(answer.status, 404, path);
    seen.push(await answer.text());
  }

  const list = await (await fetch(`${base}/match1.m3u8`)).text();
  assert.match(list, /^match1-\d+(-[0-9a-f]+)?\.ts$/m);
  const visible = [`http://127.0.0.1:${String(http)}/streams.json`, `http://127.0.0.1:${String(http)}/`];
  for (const url of visible) seen.push(await (await fetch(url)).text());
  for (const route of routes) seen.push(JSON.stringify(await weir.json(`/api/v1/${route}`)));
  seen.push(list, await (await weir.get('/metrics')).text(), ...filesBelow(hls), ...filesBelow(dvr));
  assert.ok(seen.some((text) => text.includes('"match1"')));
  for (const text of seen) assert.ok(!text.includes('secret-key'), text);

  await published.stop('SIGINT');
  await weir.logged({ type: 'recorded', stream: 'match1' });
  await weir.logged({ type: 'unpublished', stream: 'match1' });
  for (const { process } of [weir, target])
    assert.ok(!process.output().includes('secret-key'), 'a line of the log has the key');
  assert.deepEqual(filesBelow(join(dvr, 'live')).length, 1);
  // The operator knows his key.
  const { body } = await operator.first((told) => told['action'] === 'on_unpublish');
  assert.deepEqual([body['stream'], body['renamed']], [key, 'match1']);
  const finished = await operator.first((told) => told['action'] === 'on_dvr');
  assert.ok(!String(finished.body['file']).includes('secret-key'));
});
