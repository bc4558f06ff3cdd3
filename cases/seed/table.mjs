// The table: six programs, one build of one VM, one yield policy.
//
//   --fresh        each program in a Node process of its own; every figure belongs to that run
//   --in-sequence  all in one process, one after another, with one counter of yields that is never
//                  reset: the way the table was published
//
// --record gives the words of a command to put before `node run.mjs ...`, with {out} for the trace
// of that program, for example --record 'asyncscope record -o {out} --' --traces DIR.

import { mkdirSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Session } from './session.mjs';
import { findProgram, programs } from './programs.mjs';
import { parseCommandLine, vmArguments } from './arguments.mjs';
import { formatTable } from './format.mjs';

const kUsage = `usage: node table.mjs BUILD [--policy P] [--fresh | --in-sequence] [--order 2,1,3]
           [--program N] [--record 'COMMAND {out} --' --traces DIR] [--buffer BYTES] [--json]
  BUILD     --vm micropython --wasm FILE | --vm interp --variant DIR
  --policy  hooks:N | ms:T | virtual:T[:STEP_US]   (default virtual:100)
`;

const kTimeLimitMs = 120_000;  // a broken VM may well run for ever
const kRunner = fileURLToPath(new URL('run.mjs', import.meta.url));

const options = parseCommandLine(kUsage, {
  fresh: { type: 'boolean', default: false },
  'in-sequence': { type: 'boolean', default: false },
  order: { type: 'string' },
  program: { type: 'string' },
  record: { type: 'string' },
  traces: { type: 'string', default: '.' },
});
const inSequence = options['in-sequence'];
if (inSequence && (options.fresh || options.record !== undefined)) {
  process.stderr.write(`--in-sequence goes with neither --fresh nor --record\n\n${kUsage}`);
  process.exit(2);
}

const order = options.program ?? options.order;
const chosen = order === undefined ? programs : order.split(',').map(findProgram);
const rows = inSequence ? await runInSequence(chosen) : chosen.map(runFresh);
const report = {
  schema: 1,
  vm: options.vm,
  build: options.wasm ?? options.variant,
  policy: options.policy,
  mode: inSequence ? 'in-sequence' : 'fresh',
  rows,
};
writeSync(1, options.json ? `${JSON.stringify(report, null, 2)}\n` : formatTable(report));
process.exit(0);  // now: a timer of an instance that failed in sequence may be left, and would throw

async function runInSequence(list) {
  const session = new Session(options);
  const result = [];
  for (const program of list) {
    result.push((await session.run(program)).row);
  }
  return result;
}

function runFresh(program) {
  const trace = options.record === undefined ? null : traceName(program);
  const prefix = trace === null ? [] : options.record.trim().split(/\s+/)
    .map((word) => word.replaceAll('{out}', trace));
  const words = [...prefix, process.execPath, kRunner, ...vmArguments(options),
                 '--program', program.number === 0 ? program.path : String(program.number), '--json'];
  const child = spawnSync(words[0], words.slice(1),
    { encoding: 'utf8', maxBuffer: 1 << 28, timeout: kTimeLimitMs });
  if (child.error !== undefined && child.error.code !== 'ETIMEDOUT') throw child.error;
  const line = child.stderr.split('\n').find((text) => text.startsWith('{"seedRun":'));
  const row = line === undefined ? diedEarly(program, child) : JSON.parse(line).seedRun;
  return { ...row, exitCode: child.status, ...(trace !== null && { trace }) };
}

// The process ended before it could say how the run went.
function diedEarly(program, child) {
  const text = child.stderr.split('\n').find((each) => /^(\w*Error\b|Aborted)/.test(each));
  const error = text?.trim() ?? `ended with ${child.signal ?? `exit code ${child.status}`}`;
  return {
    program: program.number, title: program.title, outcome: 'fail',
    ms: null, virtualMs: null, counter: null, yields: null, cyclesCompleted: null, error,
  };
}

function traceName(program) {
  mkdirSync(options.traces, { recursive: true });
  return join(options.traces, `program-${program.number}.atrace`);
}
