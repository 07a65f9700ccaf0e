// Burns a share of one core, in bursts as a recorder does: `burner.js PERCENT`. Ends when it is told to.
const period = 250;
const [percent = 0] = process.argv.slice(2).map(Number);
if (!(percent >= 0 && percent <= 100)) throw new Error('a share is from 0 to 100');
setInterval(() => {
  const begin = performance.now();
  while (performance.now() - begin < (period * percent) / 100);
}, period);
