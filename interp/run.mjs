#!/usr/bin/env node
// Runs a Python program in a WebAssembly variant, as a command:
//   node interp/run.mjs --variant DIR [--policy virtual:100] [--heap BYTES] [--interval N]
//                       [--step MICROSECONDS] [--repeat N] [--fast-timers] [--stats] file.py
// --repeat runs the program so many times on one instance; --stats are then those of the last run.
// --fast-timers makes a yield cost microseconds instead of Node's millisecond, for tests that yield
// at every hook.
// The program's output goes to standard output, its tracebacks to standard error; the exit status is
// the program's, or 70 when the variant itself failed (a trap, an abort).
import {readFileSync, writeSync} from 'node:fs';
import {runInterp} from './host.mjs';

const usage = 'usage: run.mjs --variant DIR [--policy never|hooks:N|real:MS|virtual:MS] [--heap BYTES] ' +
    '[--interval N] [--step US] [--repeat N] [--fast-timers] [--stats] file.py | -c CODE';
const options = {};
let file, code, stats = false;
const names = {'--variant': 'variantDir', '--policy': 'policy', '--heap': 'heapBytes',
               '--interval': 'hookInterval', '--step': 'virtualStep', '--timeout': 'timeoutMs',
               '--repeat': 'repeat'};
for (let i = 2; i < process.argv.length; i++) {
  const arg = process.argv[i];
  if (arg in names && i + 1 < process.argv.length) {
    const value = process.argv[++i];
    options[names[arg]] = ['variantDir', 'policy'].includes(names[arg]) ? value : Number(value);
  } else if (arg === '--stats') {
    stats = true;
  } else if (arg === '--fast-timers') {
    const slow = globalThis.setTimeout;
    globalThis.setTimeout = (fn, ms, ...args) => ms > 0 ? slow(fn, ms, ...args) : setImmediate(fn, ...args);
  } else if (arg === '-c' && i + 1 < process.argv.length) {
    code = process.argv[++i];
  } else if (!arg.startsWith('-') && !file) {
    file = arg;
  } else {
    console.error(usage);
    process.exit(2);
  }
}
if (!options.variantDir || (!file && code === undefined)) {
  console.error(usage);
  process.exit(2);
}

// Synchronous, whatever standard output is, so that nothing is lost at the exit.
function write(fd, text) {
  let bytes = Buffer.from(text);
  while (bytes.length) {
    try {
      bytes = bytes.subarray(writeSync(fd, bytes));
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
    }
  }
}

const result = await runInterp({
  ...options,
  source: code ?? readFileSync(file, 'utf8'),
  filename: file || '<string>',
  onOutput: write,
  host: {echo: x => x, add: (a, b) => a + b, none: () => null},
});
if (stats) {
  write(2, `hooks ${result.hooks}, yields ${result.yields}, sleeps ${result.sleeps}, ` +
      `${result.ms.toFixed(1)} ms, virtual ${result.virtualMs.toFixed(1)} ms\n`);
}
if (result.error) {
  write(2, `${result.error.stack || result.error}\n`);
  process.exit(70);
}
process.exit(result.status);
