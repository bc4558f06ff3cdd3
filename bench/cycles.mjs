// Figure 2: how long a cycle takes under `asyncscope record`, beside the same program run without.

import { fileURLToPath } from 'node:url';
import { atMost, figure, leastDisturbed, median } from './figures.mjs';
import { run } from './tools.mjs';

const kAim = atMost(1.5);
const kWorker = fileURLToPath(new URL('cycle_worker.mjs', import.meta.url));
const kWaits = [
  { wait: 'microtask', title: 'resumed in a microtask' },
  { wait: 'turn', title: 'resumed in the next turn' },
];

export function measureCycles({ build, asyncscope, tracePath, effort, progress }) {
  const record = [asyncscope, 'record', '-o', tracePath, '--'];
  return kWaits.map(({ wait, title }) => {
    const words = [process.execPath, kWorker, '--build', build, '--wait', wait,
      '--runs', String(effort.cycleRuns), '--warm-up', String(effort.cycleWarmUp)];
    const times = [];
    for (let i = 0; i < effort.cycleProcesses; i++) {
      progress(`cycles ${title}: ${i + 1} of ${effort.cycleProcesses}`);
      const order = i % 2 === 0 ? [[], record] : [record, []];
      const measured = order.map((prefix) => JSON.parse(run([...prefix, ...words])));
      if (i % 2 === 1) measured.reverse();
      times.push(measured.map(({ us }) => leastDisturbed(us)));
      checkTrace(asyncscope, tracePath, measured[1].cycles);
    }
    const [untouched, traced] = [0, 1].map((which) => median(times.map((pair) => pair[which])));
    return figure({
      group: 'Time per cycle on MicroPython 1.20, under the tracer / untouched',
      name: title, ratios: times.map(([own, other]) => other / own), aim: kAim,
      detail: `${untouched.toFixed(1)} -> ${traced.toFixed(1)} us`,
      values: { untouchedUs: untouched, tracedUs: traced },
    });
  });
}

// A tracer that is fast because it loses what it sees would not count: the trace must hold every cycle
// of the run, and nothing may be lost.
function checkTrace(asyncscope, tracePath, cycles) {
  const report = JSON.parse(run([asyncscope, 'diagnose', '--json', tracePath]));
  const [traced] = report.runs;
  if (traced.cycles_completed !== cycles || report.events.lost !== 0) {
    throw new Error(`the trace holds ${traced.cycles_completed} of ${cycles} cycles; ` +
                    `${report.events.lost} events are lost`);
  }
}
