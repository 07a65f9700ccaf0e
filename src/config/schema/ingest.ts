// Blocks of a vhost that fetch streams: what, from where, and as which stream.

import { block, one } from '../table.js';
import * as v from '../values.js';
import { ffmpeg, ingestEngine } from './processes.js';
import { enabled } from './rows.js';

export const ingestSchema = {
  enabled: enabled('SRS 1.0'),
  input: block(
    { doc: 'What is fetched.', since: 'SRS 1.0' },
    {
      type: one(v.choice('file', 'stream'), {
        doc: 'file is read at its own pace and repeated for ever; stream is taken as it comes.',
        since: 'SRS 1.0',
        default: 'file',
        reload: 'live',
        probe: 'stream',
      }),
      url: one(v.text('url | path'), {
        doc: 'The file or the stream. Without ffmpeg an FLV file or an rtmp:// URL.',
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
  ffmpeg: {
    ...ffmpeg,
    doc: 'Path of the ffmpeg program, which then fetches. Without it: rtmp:// streams and FLV files.',
  },
  engine: ingestEngine,
};
