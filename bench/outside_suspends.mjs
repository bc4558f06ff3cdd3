// Figure 1: how much slower a program runs under `asyncscope record` while it does not suspend.

import { fileURLToPath } from 'node:url';
import { atMost, figure, median, ratioOfTurns } from './figures.mjs';
import { run } from './tools.mjs';

const kAim = atMost(1.02);
const kPairsProgram = fileURLToPath(new URL('cpu_pairs.mjs', import.meta.url));

// Per process the ratio of the runs disturbed least; what is reported is the median over processes, for where the
// engine places code and memory differs between them, and can make one instance some percent faster.
export function measureOutsideSuspends({ builds, hook, tracePath, effort, progress }) {
  const figures = [];
  for (const { vm, title, build } of builds) {
    const traced = [];
    const control = [];
    const untouched = [];
    for (let i = 0; i < effort.cpuProcesses; i++) {
      for (const [ratios, hookWords] of [[traced, ['--hook', hook]], [control, []]]) {
        progress(`${title}, not suspending: process ${i + 1} of ${effort.cpuProcesses}`);
        const pairs = measurePairs(vm, build, i % 2 === 1, hookWords, tracePath, effort);
        ratios.push(ratioOfTurns(pairs));
        untouched.push(median(pairs.map(([own]) => own)));
      }
    }
    figures.push(figure({
      group: 'Run time outside suspends, under the tracer / untouched',
      name: title, ratios: traced, aim: kAim,
      detail: `untouched beside untouched: ${median(control).toFixed(3)}`,
      values: { untouchedMs: median(untouched), control },
    }));
  }
  return figures;
}

function measurePairs(vm, build, otherFirst, hookWords, tracePath, effort) {
  process.env.ASYNCSCOPE_TRACE = tracePath;
  return JSON.parse(run([process.execPath, kPairsProgram, '--vm', vm, '--build', build,
    '--pairs', String(effort.cpuPairs), '--warm-up', String(effort.cpuWarmUp),
    ...hookWords, ...(otherFirst ? ['--other-first'] : [])])).pairs;
}
