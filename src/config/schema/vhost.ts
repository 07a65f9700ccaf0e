// Directives of a vhost that say how its streams are received and sent. Blocks of features live in files of their own.

import { forwardTarget } from '../forward_target.js';
import { block, blocks, list, one } from '../table.js';
import * as v from '../values.js';
import { bandcheckSchema, httpHooksSchema, limitsSchema, securitySchema, tokenSchema } from './access.js';
import { dvrSchema } from './dvr.js';
import { hlsSchema } from './hls.js';
import { ingestSchema } from './ingest.js';
import { hdsSchema, httpMountSchema, httpRemuxSchema } from './outputs.js';
import { transcodeSchema } from './processes.js';

export const vhostSchema = {
  enabled: one(v.flag, {
    doc: 'A vhost that is off refuses its clients.',
    since: 'SRS 0.9',
    default: 'on',
    reload: 'live',
    probe: 'off',
  }),
  chunk_size: one(v.int('bytes', { min: 128, max: 65536 }), {
    doc: 'Size of the RTMP chunks that are sent. Default: that of the server.',
    since: 'SRS 0.9',
    reload: 'live',
    probe: '4096',
  }),
  gop_cache: one(v.flag, {
    doc: 'A new player starts at the newest key frame, so that it has a picture at once. Off: at the newest frame, for the least latency.',
    since: 'SRS 0.9',
    default: 'on',
    reload: 'live',
    probe: 'off',
  }),
  queue_length: one(v.seconds(1), {
    doc: 'How far a player may fall behind before it is skipped ahead to the newest key frame.',
    since: 'SRS 0.9',
    default: '30',
    reload: 'live',
    probe: '10',
  }),
  time_jitter: one(v.choice('full', 'zero', 'off'), {
    doc: 'How timestamps of a publisher are corrected: full makes them grow evenly, zero only lets them start at 0, off leaves them.',
    since: 'SRS 1.0',
    default: 'full',
    reload: 'live',
    probe: 'zero',
  }),
  atc: one(v.flag, {
    doc: 'Players get the absolute timestamps of the publisher instead of a clock that starts near 0.',
    since: 'SRS 1.0',
    default: 'off',
    reload: 'live',
    probe: 'on',
  }),
  atc_auto: one(v.flag, {
    doc: 'Turn atc on for a stream whose metadata have bravo_atc.',
    since: 'SRS 1.0',
    default: 'on',
    reload: 'live',
    probe: 'off',
  }),
  mw_latency: one(v.milliseconds(), {
    doc: 'Fixed time between two rounds of sending to the players; 0 is min_latency on. Default: adaptive, at once for few players and up to 350 ms for very many.',
    since: 'SRS 2.0',
    reload: 'live',
    probe: '350',
  }),
  min_latency: one(v.flag, {
    doc: 'Send every frame at once, whatever it costs. Goes before mw_latency.',
    since: 'SRS 2.0',
    default: 'off',
    reload: 'live',
    probe: 'on',
  }),
  tcp_nodelay: one(v.flag, {
    doc: 'Sets TCP_NODELAY on the connections of players. Without it the end of what was sent may wait for an acknowledgement, 40 ms or so.',
    since: 'SRS 2.0',
    default: 'on',
    reload: 'live',
    probe: 'off',
  }),
  send_timeout: one(v.seconds(1), {
    doc: 'A client that takes no byte for so long is closed.',
    since: 'weir',
    default: '30',
    reload: 'live',
    probe: '5',
  }),
  publish_takeover: one(v.flag, {
    doc: 'On: a second publisher of a stream takes it over and the first is closed. Off: the second is refused with NetStream.Publish.BadName.',
    since: 'weir',
    default: 'off',
    reload: 'live',
    probe: 'on',
  }),
  publish_1stpkt_timeout: one(v.milliseconds(100), {
    doc: 'A publisher that sends no audio or video for so long after its publish was accepted is closed.',
    since: 'SRS 2.0',
    default: '20000',
    reload: 'live',
    probe: '3000',
  }),
  publish_normal_timeout: one(v.milliseconds(100), {
    doc: 'A publisher that goes quiet for so long is closed. Short, so that an encoder whose network broke finds its stream free when it returns.',
    since: 'SRS 2.0',
    default: '5000',
    reload: 'live',
    probe: '2000',
  }),
  republish_wait: one(v.seconds(), {
    doc: 'Players of a stream whose publisher left are kept for so long and go on when it returns. Then republish_end says what happens to them.',
    since: 'weir',
    default: '15',
    reload: 'live',
    probe: '1',
  }),
  republish_end: one(v.choice('close', 'keep'), {
    doc: 'What players get when the publisher did not return within republish_wait: close tells them that the stream ended and closes them; keep lets them wait for ever, as SRS does.',
    since: 'weir',
    default: 'close',
    reload: 'live',
    probe: 'keep',
  }),
  play_wait: one(v.flag, {
    doc: 'On: a player may come before the publisher and waits. Off: it is refused with NetStream.Play.StreamNotFound.',
    since: 'weir',
    default: 'on',
    reload: 'live',
    probe: 'off',
  }),
  refer: list(v.text('domain'), {
    doc: 'Domains of the pages that may connect, with their subdomains. A client that names no page may not.',
    since: 'SRS 0.9',
    reload: 'live',
    probe: 'example.com',
  }),
  refer_publish: list(v.text('domain'), {
    doc: 'Domains of the pages that may publish, with their subdomains.',
    since: 'SRS 0.9',
    reload: 'live',
    probe: 'example.com',
  }),
  refer_play: list(v.text('domain'), {
    doc: 'Domains of the pages that may play, with their subdomains.',
    since: 'SRS 0.9',
    reload: 'live',
    probe: 'example.com',
  }),
  forward: list(forwardTarget, {
    doc: 'Servers to which each published stream is copied. As a block, forward { destination ...; backend URL; }, they may also be asked of a back end.',
    since: 'SRS 0.9',
    opens: ['destination', 'backend'],
    reload: 'live',
    probe: '127.0.0.1:19350',
  }),
  mode: one(v.choice('local', 'remote'), {
    doc: 'remote makes the vhost an edge, which fetches from its origin what is played and hands on to it what is published.',
    since: 'SRS 1.0',
    default: 'local',
    needs: 'edge',
    reload: 'live',
    probe: 'remote',
  }),
  origin: list(v.text('host[:port]'), {
    doc: 'Servers that an edge fetches from.',
    since: 'SRS 1.0',
    needs: 'edge',
    reload: 'live',
    probe: '127.0.0.1:19350',
  }),
  token_traverse: one(v.flag, {
    doc: 'An edge asks the origin whether a client may connect.',
    since: 'SRS 1.0',
    default: 'off',
    needs: 'edge',
    reload: 'live',
    probe: 'on',
  }),
  debug_srs_upnode: one(v.flag, {
    doc: 'Tell the next server who connects to it, so that a client can be traced through a cluster.',
    since: 'SRS 1.0',
    default: 'on',
    needs: 'edge',
    reload: 'live',
    probe: 'off',
    tunes: true,
  }),
  mr: block(
    { doc: 'Merged reads of SRS. weir reads all that a socket has in any case.', since: 'SRS 2.0' },
    {
      enabled: one(v.flag, {
        doc: 'Accepted, without effect.',
        since: 'SRS 2.0',
        default: 'off',
        reload: 'live',
        probe: 'on',
        inert: true,
      }),
      latency: one(v.milliseconds(), {
        doc: 'Accepted, without effect.',
        since: 'SRS 2.0',
        default: '350',
        reload: 'live',
        probe: '500',
        inert: true,
      }),
    },
  ),
  ...limitsSchema,
  security: block({ doc: 'Who may publish and play, by address.', since: 'SRS 2.0' }, securitySchema),
  token: block({ doc: 'Signed URLs; weir token makes them.', since: 'weir' }, tokenSchema),
  http_hooks: block({ doc: 'Asks and tells an HTTP server.', since: 'SRS 0.9' }, httpHooksSchema),
  bandcheck: block(
    { doc: 'Makes the vhost a bandwidth test.', since: 'SRS 0.9', needs: 'bandwidth test' },
    bandcheckSchema,
  ),
  hls: block(
    {
      doc: 'HTTP Live Streaming: a stream that is published as app/stream plays at http://HOST:8080/app/stream.m3u8.',
      since: 'SRS 0.9',
    },
    hlsSchema,
  ),
  hds: block({ doc: 'Adobe HTTP Dynamic Streaming.', since: 'SRS 2.0', needs: 'HDS' }, hdsSchema),
  dvr: block({ doc: 'Records streams to files.', since: 'SRS 1.0' }, dvrSchema),
  http: block(
    {
      doc: 'Files of a directory over HTTP, for this vhost alone, bounded as those of http_server. They go before what all vhosts have.',
      since: 'SRS 1.0',
    },
    httpMountSchema,
  ),
  http_remux: block(
    {
      doc: 'Live streams over HTTP, in SRS. weir delivers every stream at /[app]/[stream].flv and .ts, where http_server is on.',
      since: 'SRS 2.0',
    },
    httpRemuxSchema,
  ),
  transcode: blocks(
    { usage: '[app[/stream]]', required: false, unique: false, example: 'live/example' },
    {
      doc: 'Transcodes published streams with ffmpeg. Without a label: every stream of the vhost.',
      since: 'SRS 0.9',
    },
    transcodeSchema,
  ),
  ingest: blocks(
    { usage: 'id', required: false, unique: true, example: 'example' },
    { doc: 'Fetches a stream or a file and publishes it here.', since: 'SRS 1.0' },
    ingestSchema,
  ),
};
