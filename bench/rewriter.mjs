// Figure 4: how fast the rewriter is, beside `wasm-opt` reading and writing the same module.
//
// All is processor time. The command is compared as a whole: both read a file, and write one. The
// rewriter in memory (rewrite_benchmark) is compared with wasm-opt less what it takes for an empty
// module, which is its start.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { atLeast, figure, median } from './figures.mjs';
import { processorSeconds, run } from './tools.mjs';

const kAim = atLeast(50);
const kEmptyModule = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
const kWantedSeconds = 0.2;  // of processor time per measurement, because it is told in milliseconds

export function measureRewriter({ modules, asyncscope, benchmark, folder, effort, progress }) {
  const empty = join(folder, 'empty.wasm');
  const output = join(folder, 'output.wasm');
  writeFileSync(empty, kEmptyModule);
  const wasmOpt = (file) => ['wasm-opt', '--all-features', file, '-o', output];
  const inMemory = [];
  const commands = [];
  for (const { title, file, bytes } of modules) {
    const command = [asyncscope, 'instrument', file, '-o', output];
    const times = Math.ceil(kWantedSeconds / Math.max(processorSeconds(command, 1), 0.001));
    const samples = [];
    for (let i = 0; i < effort.rewriteRounds; i++) {
      progress(`rewriting ${title}: ${i + 1} of ${effort.rewriteRounds}`);
      samples.push({
        memory: secondsInMemory(benchmark, file, effort),
        command: processorSeconds(command, times),
        wasmOpt: processorSeconds(wasmOpt(file), 1),
        wasmOptStart: processorSeconds(wasmOpt(empty), 10),
      });
    }
    const speed = (key) => bytes / median(samples.map((sample) => sample[key])) / 1e6;
    const speeds = (key) => `${speed(key).toFixed(0)} MB/s beside ${speed('wasmOpt').toFixed(1)}`;
    inMemory.push(figure({
      group: 'Rewriter in memory, times as fast as wasm-opt reads and writes (its start not counted)',
      name: title, aim: kAim, detail: speeds('memory'),
      ratios: samples.map((sample) => (sample.wasmOpt - sample.wasmOptStart) / sample.memory),
      values: { megabytesPerSecond: speed('memory'), wasmOptMegabytesPerSecond: speed('wasmOpt') },
    }));
    commands.push(figure({
      group: '`asyncscope instrument`, times as fast as `wasm-opt` reads and writes',
      name: title, aim: kAim, detail: speeds('command'),
      ratios: samples.map((sample) => sample.wasmOpt / sample.command),
      values: { megabytesPerSecond: speed('command') },
    }));
  }
  return [...inMemory, ...commands];
}

function secondsInMemory(benchmark, file, { rewriteSeconds }) {
  const report = JSON.parse(run([benchmark, '--benchmark_filter=^rewrite/',
    `--benchmark_min_time=${rewriteSeconds}`, '--benchmark_format=json', file]));
  const [{ cpu_time: time, time_unit: unit, error_message: error }] = report.benchmarks;
  if (error !== undefined) throw new Error(`${file}: ${error}`);
  if (unit !== 'ms') throw new Error(`rewrite_benchmark counts in ${unit}, not ms`);
  return time / 1000;
}
