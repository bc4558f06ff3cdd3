// Figure 1b: how much slower a program runs in a page under the runtime for pages while it does not suspend.

import { fileURLToPath } from 'node:url';
import { atMost, figure, median, ratioOfTurns } from './figures.mjs';
import { run } from './tools.mjs';

const kAim = atMost(1.03);
const kPairsProgram = fileURLToPath(new URL('page_pairs.mjs', import.meta.url));

// As in outside_suspends.mjs: per browser the ratio of the runs disturbed least, then the median over browsers.
export function measurePages({ micropython, script, effort, progress }) {
  const traced = [];
  const control = [];
  for (let i = 0; i < effort.pageProcesses; i++) {
    for (const [ratios, words] of [[traced, ['--script', script]], [control, []]]) {
      progress(`a page, not suspending: browser ${i + 1} of ${effort.pageProcesses}`);
      const { pairs } = JSON.parse(run([process.execPath, kPairsProgram, '--micropython', micropython,
        '--pairs', String(effort.pagePairs), '--warm-up', String(effort.pageWarmUp), ...words,
        ...(i % 2 === 1 ? ['--other-first'] : [])]));
      ratios.push(ratioOfTurns(pairs));
    }
  }
  return [figure({
    group: 'Run time outside suspends in Chromium, with the runtime / untouched',
    name: 'MicroPython 1.20', ratios: traced, aim: kAim,
    detail: `untouched beside untouched: ${median(control).toFixed(3)}`,
    values: { control },
  })];
}
