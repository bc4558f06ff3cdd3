// Calls an import that may suspend, five frames deep, as fast as it can, and prints {"calls": all of them,
// "us": [microseconds per call, one figure for each measured run]}. It never suspends by itself: what a
// call takes is what is forced on it. Processor time, of all threads.
//
//   node trip_worker.mjs --module FILE --calls N --runs N --warm-up N

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
  options: {
    module: { type: 'string' },
    calls: { type: 'string' },
    runs: { type: 'string' },
    'warm-up': { type: 'string' },
  },
});

let calls = 0;
const { instance } = await WebAssembly.instantiate(
  readFileSync(options.module), { env: { pause: () => { calls += 1; } } });
const count = Number(options.calls);
const us = [];
for (let i = -Number(options['warm-up']); i < Number(options.runs); i++) {
  const start = process.cpuUsage();
  if (instance.exports.run(count) !== count + 4) throw new Error('a wrong result');
  const { user, system } = process.cpuUsage(start);
  if (i >= 0) us.push((user + system) / count);
}
process.stdout.write(`${JSON.stringify({ calls, us })}\n`);
