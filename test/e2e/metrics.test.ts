// /metrics: clean by promtool's rules, true, and scraped by a real Prometheus that has data for every query of the dashboard.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { engineRows, streamRows } from '../../src/api/metrics/engine_rows.js';
import { processRows } from '../../src/api/metrics/process_rows.js';
import { startWithApi, type Streams, type WithApi } from './support/api.js';
import { fixture, publishForEver } from './support/media.js';
import { start } from './support/process.js';
import { freePort, repository, temporaryFolder } from './support/servers.js';
import type { TestContext } from 'node:test';

const credentials = 'admin:a-long-password';
const headers = { Authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };

async function startWithTraffic(context: TestContext, api = ''): Promise<WithApi> {
  const weir = await startWithApi(context, { api: `auth ${credentials}; ${api}`, headers });
  publishForEver(context, fixture('h264-aac'), weir.url('s'));
  await weir.logged({ type: 'published' });
  start(context, 'ffmpeg', ['-v', 'error', '-i', weir.url('s'), '-c', 'copy', '-f', 'null', '-'], { seconds: 120 });
  await weir.logged({ type: 'playing' });
  await fetch(`http://127.0.0.1:${String(weir.http)}/nothing.html`);
  await weir.until<Streams>('/api/v1/streams', ({ streams: [s] }) => s?.clients === 2 && s.send_bytes > 0);
  return weir;
}

async function metrics(weir: WithApi): Promise<string> {
  const response = await weir.get('/metrics');
  assert.equal(response.status, 200);
  assert.match(response.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
  return response.text();
}

/** The value of one series. */
function valueOf(text: string, series: string): number {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
  assert.ok(line !== undefined, `${series} is missing`);
  return Number(line.slice(series.length + 1));
}

describe('metrics', () => {
  test('are clean, complete and true', async (context) => {
    const weir = await startWithTraffic(context, 'metrics_per_stream on;');
    const rounds = 'weir_reactor_start_delay_seconds_count{reactor="0"}';
    let text = await metrics(weir);
    // The player has its first bytes before the first round has begun.
    while (valueOf(text, rounds) === 0) text = await metrics(weir);
    const checked = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
    assert.equal(checked.stderr + checked.stdout, '');
    assert.equal(checked.status, 0);
    const names = [...engineRows, ...streamRows, ...processRows].map(({ name }) => name);
    assert.deepEqual(
      names.filter((name) => !text.includes(`# TYPE ${name} `)),
      [],
    );
    assert.equal(valueOf(text, 'weir_players{vhost="__defaultVhost__",protocol="rtmp"}'), 1);
    assert.equal(valueOf(text, 'weir_publishers'), 1);
    assert.equal(valueOf(text, 'weir_stream_players{vhost="__defaultVhost__",app="live",stream="s"}'), 1);
    assert.ok(valueOf(text, 'weir_vhost_sent_bytes_total{vhost="__defaultVhost__"}') > 0);
    assert.equal(valueOf(text, 'weir_http_responses_total{status="404"}'), 1);
    const histogram = 'weir_reactor_start_delay_seconds';
    assert.equal(valueOf(text, `${histogram}_bucket{reactor="0",le="+Inf"}`), valueOf(text, rounds));
  });

  test('of single streams are told only where that is asked for', async (context) => {
    const text = await metrics(await startWithTraffic(context));
    assert.ok(!text.includes('stream="s"'));
  });

  test('reach a real Prometheus, which has data for every query of the dashboard', async (context) => {
    const weir = await startWithTraffic(context);
    const prometheus = await startPrometheus(context, new URL(weir.api).host);
    const dashboard = JSON.parse(readFileSync(join(repository, 'conf', 'grafana.json'), 'utf8')) as {
      panels: { title: string; targets: { expr: string }[] }[];
    };
    const queries = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
    assert.ok(queries.length > 20);
    for (const query of queries) await prometheus.answers(query.replaceAll('$__rate_interval', '20s'));
  });
});

interface Prometheus {
  /** Waits until the query has a result. */
  answers(query: string): Promise<void>;
}

async function startPrometheus(context: TestContext, target: string): Promise<Prometheus> {
  const folder = temporaryFolder(context);
  const address = `127.0.0.1:${String(await freePort())}`;
  const [username, password] = credentials.split(':');
  const scrape = {
    ...{ job_name: 'weir', scrape_interval: '500ms', static_configs: [{ targets: [target] }] },
    basic_auth: { username, password },
  };
  // JSON is YAML.
  writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify({ scrape_configs: [scrape] }));
  const options = { 'config.file': join(folder, 'prometheus.yml'), 'storage.tsdb.path': join(folder, 'data') };
  const args = Object.entries({ ...options, 'web.listen-address': address }).map(
    ([name, value]) => `--${name}=${value}`,
  );
  const running = start(context, 'prometheus', args, { seconds: 120 });
  await running.line(/Server is ready/);
  const answers = async (query: string): Promise<void> => {
    const end = Date.now() + 30_000;
    for (;;) {
      const response = await fetch(`http://${address}/api/v1/query?query=${encodeURIComponent(query)}`);
      const body = (await response.json()) as { status: string; data: { result: { value: [number, string] }[] } };
      assert.equal(body.status, 'success', JSON.stringify(body));
      if (body.data.result.length > 0 && body.data.result.every(({ value: [, text] }) => text !== 'NaN')) return;
      assert.ok(Date.now() < end, `${query} has no data: ${JSON.stringify(body)}`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  };
  return { answers };
}
