// Every scenario, in the order in which `all` runs them.
import type { Scenario } from '../lib/scenario.js';
import { api } from './api.js';
import { attack } from './attack.js';
import { forwardScenario } from './forward.js';
import { hls } from './hls.js';
import { join } from './join.js';
import { latency } from './latency.js';
import { memory } from './memory.js';
import { players9000 } from './players_9000.js';
import { recordingScenario } from './recording.js';
import { shared } from './shared.js';
import { slow } from './slow.js';
import { table1800 } from './table_1800.js';
import { threads } from './threads.js';
import { viewers } from './viewers.js';

export const scenarios: readonly Scenario[] = [
  table1800,
  players9000,
  latency,
  join,
  slow,
  attack,
  memory,
  threads,
  api,
  viewers,
  hls,
  shared,
  recordingScenario,
  forwardScenario,
];
