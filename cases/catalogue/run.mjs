// Runs the catalogue:
//   node run.mjs --build DIR [--case ID]... [--tool ASYNCSCOPE] [--show]
//   node run.mjs --tool ASYNCSCOPE --explain
//
// Without --tool every program runs under plain Node, and its outcome and what a person saw are
// compared with case.json. With it each runs under `asyncscope record`, and the verdicts are
// compared (matrix.mjs). With --explain nothing is built or run: the messages of case.json are given
// to `asyncscope explain`. --show prints what the programs print. Exit code 1 if anything differs.

import { readArguments } from './arguments.mjs';
import { buildProgram, execute, inParallel } from './build.mjs';
import { commandOf, programsOf, readCatalogue } from './catalogue.mjs';
import { printMatrix, runExplained, runTraced } from './matrix.mjs';

const kRunTimeout = 60_000;
const kLineLimit = 200;

function outcomeOf({ status, signal, output, late }) {
  if (late || signal) return 'killed';
  if (status === 0) return 'pass';
  return /RuntimeError/.test(output) ? 'trap' : 'fail';
}

// What is wrong with what a person saw; empty: nothing.
function problemsOf(expected, outcome, output) {
  const problems = [];
  if (outcome !== expected.outcome) problems.push(`${outcome} instead of ${expected.outcome}`);
  for (const text of [expected.message ?? []].flat()) {
    if (!output.includes(text)) problems.push(`no "${text}" in its output`);
  }
  for (const text of [expected.not ?? []].flat()) {
    if (output.includes(text)) problems.push(`"${text}" in its output`);
  }
  return problems;
}

async function runPlain(program, built) {
  const expected = program.row[program.twin];
  if (built.status !== 0) {
    return { outcome: 'build-error', output: built.output,
      problems: problemsOf(expected, 'build-error', built.output) };
  }
  const run = await execute(process.execPath, commandOf(program, built), { timeout: kRunTimeout });
  const output = built.output + run.output;
  const outcome = outcomeOf(run);
  return { outcome, output, problems: problemsOf(expected, outcome, output) };
}

// Optimised glue is one line of tens of thousands of characters.
const excerpt = (output) => output.trimEnd().split('\n')
  .map((line) => `       | ${line.slice(0, kLineLimit)}`).join('\n');

// At once, as each has ended: the whole takes minutes.
function printPlain({ program, outcome, output, problems }) {
  console.log(`${problems.length ? 'FAIL' : 'ok  '} ${program.name}: ${outcome}`);
  for (const problem of problems) console.log(`       ${problem}`);
  if (problems.length || options.show) console.log(excerpt(output));
}

const options = readArguments('run.mjs');
const cases = readCatalogue(options.only);
const runOne = options.explain ? runExplained : options.tool ? runTraced : runPlain;
const results = await inParallel(programsOf(cases), async (program) => {
  const built = options.explain ? undefined : await buildProgram(program, options.build);
  const result = { program, ...await runOne(program, built, options) };
  if (!options.tool) printPlain(result);
  else process.stderr.write(`${result.problems.length ? 'FAIL' : 'ok  '} ${program.name}\n`);
  return result;
});
if (options.tool) printMatrix(results, options);
const wrong = results.filter(({ problems }) => problems.length > 0).length;
const rows = cases.reduce((sum, item) => sum + item.rows.length, 0);
console.log(`${cases.length} cases, ${rows} rows, ${results.length} programs, ${wrong} wrong`);
process.exitCode = wrong ? 1 : 0;
