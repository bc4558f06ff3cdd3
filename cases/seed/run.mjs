// Runs one Python program on one build of one VM, as a program of its own.
//
// Standard output is the program's, exit code 0 means that it printed what python3 prints. A trap in
// the VM is left uncaught, so that this ends as any broken program does: with the engine's stack on
// standard error, below the line that says how the run went.

import { Session } from './session.mjs';
import { findProgram } from './programs.mjs';
import { parseCommandLine } from './arguments.mjs';

const kUsage = `usage: node run.mjs --program N|FILE.py BUILD [--policy P] [--buffer BYTES] [--json]
  BUILD     --vm micropython --wasm FILE | --vm interp --variant DIR
  --policy  hooks:N | ms:T | virtual:T[:STEP_US]   (default virtual:100)
  --json    the line about the run, on standard error, as JSON
`;

const options = parseCommandLine(kUsage, { program: { type: 'string', default: '1' } });
const program = findProgram(options.program);
const { row, output, error } = await new Session(options).run(program);
process.stdout.write(output);
process.stderr.write(`${options.json ? JSON.stringify({ seedRun: row }) : describeRun(row)}\n`);
if (error !== null) throw error;

function describeRun({ title, outcome, ms, yields, cyclesCompleted, error }) {
  const counts = `${ms} ms, yields ${yields}, cycles completed ${cyclesCompleted}`;
  return `${title}: ${outcome}, ${counts}${error === null ? '' : `, ${error}`}`;
}
