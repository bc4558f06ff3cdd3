// Suspends and resumes MicroPython as fast as it can, and prints {"cycles": all of them, "us":
// [microseconds per cycle, one figure for each measured run of the program]}. As nothing is waited for,
// it is processor time, of all threads.
//
//   node cycle_worker.mjs --build FILE --runs N --warm-up N --wait microtask|turn
//
// The host resumes as soon as it may: in a microtask (the tightest loop that a host can make of a
// promise) or in the next turn of the event loop (the tightest that lets timers run).

import { parseArgs } from 'node:util';
import { loadCycleWorkload } from './workloads.mjs';

const { values: options } = parseArgs({
  options: {
    build: { type: 'string' },
    runs: { type: 'string' },
    'warm-up': { type: 'string' },
    wait: { type: 'string' },
  },
});

const { run, vm } = await loadCycleWorkload(options.build);
if (options.wait === 'microtask') vm.asyncify.wait = () => undefined;

const us = [];
const warmUp = Number(options['warm-up']);
for (let i = -warmUp; i < Number(options.runs); i++) {
  const before = vm.cyclesCompleted;
  const start = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(start);
  if (i >= 0) us.push((user + system) / (vm.cyclesCompleted - before));
}
process.stdout.write(`${JSON.stringify({ cycles: vm.cyclesCompleted, us })}\n`);
