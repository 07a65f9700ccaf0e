// Every scenario, in the order in which `all` runs them.
import type { Scenario } from '../lib/scenario.js';
import { table1800 } from './table_1800.js';

export const scenarios: readonly Scenario[] = [table1800];
