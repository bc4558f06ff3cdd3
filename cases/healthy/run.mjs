// Builds the programs of this folder and holds the tool against them (README.md).
// node run.mjs --build DIR --tool ASYNCSCOPE

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { execute, inParallel } from '../catalogue/build.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const { values: options } = parseArgs({
  options: { build: { type: 'string' }, tool: { type: 'string' } },
});
if (!options.build || !options.tool) throw new Error('give --build DIR and --tool ASYNCSCOPE');

const kEmcc = ['-g2', '-O1', '-sASYNCIFY', '-sMODULARIZE',
  '-sEXPORTED_RUNTIME_METHODS=callMain,ccall'];
const kTimeout = 300_000;

// `expected` is what the program prints in the end.
const programs = [
  { id: 'sort-in-invoke', expected: '1 2 3 5 7 9 sorted' },
  { id: 'answers-into-the-stack', expected: 'received' },
  { id: 'helpers', expected: 'total: 10' },
  { id: 'events-meanwhile', expected: 'hi hi 6', host: true,
    flags: ['--no-entry', '-sEXPORTED_FUNCTIONS=_malloc,_free',
      '-sEXPORTED_RUNTIME_METHODS=ccall'] },
  { id: 'fibers', expected: 'sums: 10 15 20' },
  { id: 'grows', expected: 'blocks: 1 2 3 4', flags: ['-sALLOW_MEMORY_GROWTH'] },
  { id: 'throws-and-sleeps', expected: 'caught: 8' },
  { id: 'own-buffer', expected: 'sum: 190', host: true, wat: true },
];

async function must(command, args, settings) {
  const { status, output } = await execute(command, args, { timeout: kTimeout, ...settings });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}\n${output}`);
}

async function build({ id, wat, flags = [] }) {
  const dir = join(options.build, id);
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'package.json'), '{ "type": "commonjs" }\n');
  if (wat) {
    const raw = join(dir, 'raw.wasm');
    await must('wat2wasm', ['--debug-names', join(here, `${id}.wat`), '-o', raw]);
    await must('wasm-opt', ['-g', '--asyncify', '--pass-arg=asyncify-imports@env.sleep', '-O1', raw,
      '-o', join(dir, 'program.wasm')]);
    return join(dir, 'program.wasm');
  }
  const env = { ...process.env, NODE_PATH: process.env.NODE_PATH ?? '/usr/share/nodejs' };
  await must('emcc', [`${id}.c`, ...kEmcc, ...flags, '-o', join(dir, 'program.js')],
    { cwd: here, env });
  return join(dir, 'program.js');
}

// What is wrong; empty: nothing.
async function problemsOf(program) {
  const main = await build(program);
  const trace = join(options.build, program.id, 'run.atrace');
  const host = program.host ? join(here, `${program.id}.mjs`) :
    join(here, '../catalogue/run_main.mjs');
  const run = await execute(options.tool,
    ['record', '-o', trace, '--', process.execPath, host, main, 'mended'], { timeout: kTimeout });
  const problems = [];
  if (run.status !== 0) problems.push(`exit code ${run.status}`);
  if (!run.output.includes(program.expected)) problems.push(`no "${program.expected}"`);
  const { output } = await execute(options.tool, ['diagnose', '--json', trace]);
  const { verdict, findings, runs } = JSON.parse(output);
  for (const { code, explanation } of findings) problems.push(`${code}: ${explanation}`);
  if (verdict === null && findings.length > 0) problems.push('findings without a verdict');
  if (runs[0].cycles_completed === 0) problems.push('no cycle completed');
  return problems.length ? [...problems, run.output.trim()] : problems;
}

const results = await inParallel(programs, problemsOf);
results.forEach((problems, at) => {
  console.log(`${problems.length ? 'FAIL' : 'ok  '} ${programs[at].id}`);
  for (const problem of problems) console.log(`       ${problem}`);
});
process.exitCode = results.some((problems) => problems.length > 0) ? 1 : 0;
