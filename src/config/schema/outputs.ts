// Blocks of a vhost that make something of a stream: HDS, HTTP. HLS and recordings have files of their own.

import { one } from '../table.js';
import * as v from '../values.js';
import { enabled } from './rows.js';

const onOff = (doc: string, since: 'SRS 1.0' | 'SRS 2.0', initially: 'on' | 'off') =>
  one(v.flag, { doc, since, default: initially, reload: 'live', probe: initially === 'on' ? 'off' : 'on' });

const template = (doc: string, initially: string, probe: string) =>
  one(v.path, { doc, since: 'SRS 2.0', default: initially, reload: 'live', probe });

const htmlDir = './objs/nginx/html';

export const hdsSchema = {
  enabled: enabled('SRS 2.0'),
  hds_path: template('Directory that the files are written to.', htmlDir, './objs/hds'),
  hds_fragment: one(v.seconds(0.1), {
    doc: 'Length of a fragment.',
    since: 'SRS 2.0',
    default: '10',
    reload: 'live',
    probe: '5',
  }),
  hds_window: one(v.seconds(1), {
    doc: 'How much of the stream is listed.',
    since: 'SRS 2.0',
    default: '60',
    reload: 'live',
    probe: '30',
  }),
};

export const httpMountSchema = {
  enabled: enabled('SRS 1.0'),
  mount: one(v.path, {
    doc: 'Path of the URL below which the files stand.',
    since: 'SRS 1.0',
    default: '/',
    reload: 'live',
    probe: '/files',
  }),
  dir: one(v.path, {
    doc: 'Directory of the files.',
    since: 'SRS 1.0',
    default: htmlDir,
    reload: 'live',
    probe: './objs/html',
  }),
};

export const httpRemuxSchema = {
  enabled: enabled('SRS 2.0'),
  mount: template('Path of the URL of a stream.', '[vhost]/[app]/[stream].flv', '[vhost]/[app]/[stream].ts'),
  fast_cache: one(v.seconds(), {
    doc: 'How much of an audio stream a new listener gets at once.',
    since: 'SRS 2.0',
    default: '0',
    reload: 'live',
    probe: '30',
  }),
  hstrs: onOff('An edge fetches a stream when a viewer asks for it by HTTP.', 'SRS 2.0', 'on'),
};
