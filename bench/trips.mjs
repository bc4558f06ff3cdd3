// Figure 5: forced suspends. How many round trips a second on a stack of five frames, traced, and what the oracle
// that compares memory around each costs.

import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { atLeast, figure, median } from './figures.mjs';
import { run } from './tools.mjs';

const kTripsPerSecond = 250_000;
const kWorker = fileURLToPath(new URL('trip_worker.mjs', import.meta.url));
const kText = fileURLToPath(new URL('programs/trips.wat', import.meta.url));
const kOracles = [
  { level: 'off', share: 1 },
  { level: 'on', share: 1 },
  { level: 'full', share: 0.02 },  // of the calls: each takes so much longer
];

function makeModule(folder) {
  const plain = join(folder, 'trips.plain.wasm');
  const module = join(folder, 'trips.wasm');
  execFileSync('wat2wasm', [kText, '-o', plain]);
  // Without optimisation all five frames stay.
  execFileSync('wasm-opt',
    ['--asyncify', '--pass-arg=asyncify-imports@env.pause', '-g', '-O0', plain, '-o', module]);
  return module;
}

export function measureTrips({ build, asyncscope, tracePath, folder, effort, progress }) {
  const module = makeModule(folder);
  const times = kOracles.map(() => []);
  for (let i = 0; i < effort.tripProcesses; i++) {
    for (const [at, { level, share }] of kOracles.entries()) {
      progress(`forced suspends, oracle ${level}: ${i + 1} of ${effort.tripProcesses}`);
      const calls = Math.max(10, Math.round(effort.trips * share));
      const measured = JSON.parse(run([
        asyncscope, 'record', '-o', tracePath, '--stress', `every+oracle=${level}`, '--',
        process.execPath, kWorker, '--module', module, '--calls', String(calls),
        '--runs', String(effort.tripRuns), '--warm-up', '1']));
      times[at].push(median(measured.us));
      checkTrace(build, tracePath, measured.calls);
      rmSync(tracePath);
    }
  }
  const [off, on, full] = times;
  const perSecond = off.map((us) => 1e6 / us);
  const factor = (name, slow) => figure({
    group: 'Oracle on / off, time per forced suspend, 2 MiB of memory', name,
    ratios: slow.map((us, i) => us / off[i]),
    detail: `${median(slow).toFixed(1)} us`, values: { us: median(slow) },
  });
  return [
    figure({
      group: `Forced suspends a second, traced, five frames / ${kTripsPerSecond}`,
      name: 'oracle off', ratios: perSecond.map((each) => each / kTripsPerSecond), aim: atLeast(1),
      detail: `${Math.round(median(perSecond) / 1000)} 000 a second, ${median(off).toFixed(2)} us each`,
      values: { us: median(off) },
    }),
    factor('on', on),
    factor('full', full),
  ];
}

// Every trip must be in the trace, and nothing lost.
function checkTrace(build, tracePath, calls) {
  const counts = JSON.parse(run([join(build, 'tracer/record/asyncscope_trace_counts'), tracePath]));
  const { events, lost } = counts.threads['0'];
  const kStopRewind = 4;
  if (events[kStopRewind] !== calls || lost !== 0) {
    throw new Error(`the trace holds ${events[kStopRewind]} of ${calls} suspends; ${lost} events are lost`);
  }
}
