// A process that starts supervised children and can be killed: what it was given as arguments, over and over.
import { Child } from '../../../src/child/child.js';

const [program = '', ...args] = process.argv.slice(2);
new Child({
  ...{ program, args, nice: 0, maxRestarts: 0 },
  told: ({ pid }, { type }) => process.stdout.write(`${type} ${String(pid)}\n`),
});
