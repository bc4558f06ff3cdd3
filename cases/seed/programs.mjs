// The six programs of the published table, and what each must print.
//
// The expected output is not written down anywhere: it is what python3 prints.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const kTitles = [
  ['1-while-true.py', 'simple while True'],
  ['2-for-range.py', 'for with range'],
  ['3-generator.py', 'generator with yield'],
  ['4-nested-loops.py', 'nested loops'],
  ['5-for-enumerate.py', 'for with enumerate'],
  ['6-while-condition.py', 'while with a condition'],
];

export const programs = kTitles.map(([file, title], index) => ({
  number: index + 1,
  title,
  path: fileURLToPath(new URL(`programs/${file}`, import.meta.url)),
}));

// `which` is the number of one of the six, or the path of any other Python program.
export function findProgram(which) {
  if (!/^\d+$/.test(which)) return { number: 0, title: which, path: which };
  const program = programs[Number(which) - 1];
  if (program === undefined) {
    throw new Error(`no program ${which}: there are ${programs.length}`);
  }
  return program;
}

export function readSource(program) {
  return readFileSync(program.path, 'utf8');
}

export function expectedOutput(program) {
  return execFileSync('python3', [program.path], { encoding: 'utf8' });
}
