// Blocks of a vhost that fetch streams: what, from where, and as which stream.

import { block, one } from '../table.js';
import * as v from '../values.js';
import { engine, ffmpeg } from './processes.js';
import { enabled } from './rows.js';

/** What is not built yet says so. */
const needs = 'ingest by ffmpeg';

export const ingestSchema = {
  enabled: enabled('SRS 1.0'),
  input: block(
    { doc: 'What is fetched.', since: 'SRS 1.0' },
    {
      type: one(v.choice('file', 'stream'), {
        doc: 'file is read at its own pace and repeated; stream is taken as it comes.',
        since: 'SRS 1.0',
        default: 'file',
        reload: 'live',
        probe: 'stream',
      }),
      url: one(v.text('url | path'), {
        doc: 'The file or the stream. Without ffmpeg an rtmp:// URL.',
        since: 'SRS 1.0',
        reload: 'live',
        probe: './share/sample.flv',
      }),
    },
  ),
  output: one(v.streamPlace, {
    doc: 'The stream of this vhost that it becomes. Default: live/ and the id of the ingest. Engines have outputs of their own.',
    since: 'weir',
    reload: 'live',
    probe: 'live/example',
  }),
  ffmpeg: { ...ffmpeg, needs },
  engine: { ...engine, needs },
};
