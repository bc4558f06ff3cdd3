// For the tests: the rows of a table, as table.mjs prints them with --json.

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const kTable = fileURLToPath(new URL('table.mjs', import.meta.url));

export function tableOf(build, ...args) {
  const words = [kTable, ...build, '--json', ...args];
  return JSON.parse(execFileSync(process.execPath, words, { encoding: 'utf8' })).rows;
}

export const column = (rows, name) => rows.map((row) => row[name]);
