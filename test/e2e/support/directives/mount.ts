// Probes of the directory of a vhost.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fetchFrom, type Eye, type Place, type Probe, type Probes } from './place.js';

/** What a client of the vhost gets at this path, where two directories have a file. */
const gets =
  (path: string) =>
  (place: Place): Eye => {
    for (const name of ['a', 'b']) {
      const folder = join(place.folder, place.vhost, name);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'own.txt'), name);
    }
    return async () => {
      const { status, text } = await fetchFrom(place, path);
      return status === 200 ? text : String(status);
    };
  };

const beside = (more: Readonly<Record<string, string>>): Pick<Probe, 'beside'> => ({
  beside: { http: { dir: '$folder/a', ...more } },
});

export const mountProbes: Probes = {
  'vhost http enabled': { ...beside({}), to: 'on', look: gets('/own.txt'), before: '404', after: 'a' },
  'vhost http mount': { ...beside({}), to: '/files', look: gets('/files/own.txt'), before: '404', after: 'a' },
  'vhost http dir': { from: '$folder/a', to: '$folder/b', look: gets('/own.txt'), before: 'a', after: 'b' },
};
