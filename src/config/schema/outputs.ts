// Blocks of a vhost that make something of a stream: HDS, HTTP. HLS and recordings have files of their own.

import { one } from '../table.js';
import * as v from '../values.js';
import { enabled } from './rows.js';

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
    doc: 'Path of the URL below which the files stand. [vhost] in front changes nothing.',
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
  enabled: one(v.flag, {
    doc: 'Accepted, without effect.',
    since: 'SRS 2.0',
    default: 'off',
    reload: 'live',
    probe: 'on',
    inert: true,
  }),
  mount: one(v.path, {
    doc: 'Path of the URL of a stream.',
    since: 'SRS 2.0',
    default: '[vhost]/[app]/[stream].flv',
    needs: 'other paths for live streams',
    reload: 'live',
    probe: '[vhost]/[app]/[stream].ts',
  }),
  fast_cache: one(v.seconds(), {
    doc: 'How much of an audio stream a new listener gets at once.',
    since: 'SRS 2.0',
    default: '0',
    needs: 'fast cache of audio',
    reload: 'live',
    probe: '30',
  }),
  hstrs: one(v.flag, {
    doc: 'An edge fetches a stream when a viewer asks for it by HTTP.',
    since: 'SRS 2.0',
    default: 'on',
    needs: 'edge',
    tunes: true,
    reload: 'live',
    probe: 'off',
  }),
};
