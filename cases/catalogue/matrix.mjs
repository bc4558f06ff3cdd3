// The catalogue under the tool: is the verdict of every failing program the expected one, and is
// there none for the mended twin?

import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { execute } from './build.mjs';
import { commandOf } from './catalogue.mjs';

const kToolTimeout = 60_000;
const kFound = 1;  // exit code of `diagnose`: there are findings

// Programs of the build, and rows for which no trace can say more, are not diagnosed.
const isDiagnosed = ({ row }, built) => built.status === 0 && row.diagnosed !== false;

function compare(expected, verdict, found) {
  const problems = [];
  const differs = (what, wanted, found) => {
    if (wanted !== undefined && wanted !== found) problems.push(`${what} ${found}, not ${wanted}`);
  };
  differs('code', expected.code ?? null, verdict?.code ?? null);
  if (expected.findings) {
    differs('findings', expected.findings.join(', '), found.join(', '));
  }
  if (!verdict || problems.length) return problems;
  differs('phase', expected.phase, verdict.phase);
  if (expected.function) differs('function', expected.function, verdict.function?.name ?? null);
  if (expected.advice && !JSON.stringify(verdict.advice).includes(expected.advice)) {
    problems.push(`no "${expected.advice}" in the advice`);
  }
  return problems;
}

// Records the program, and diagnoses the trace.
export async function runTraced(program, built, { tool }) {
  if (!isDiagnosed(program, built)) return { code: '-', problems: [], skipped: true };
  const trace = join(built.dir, 'run.atrace');
  const { output: recorded } = await execute(
    tool, ['record', ...(program.item.record ?? []), '-o', trace, '--', process.execPath, ...commandOf(program, built)],
    { timeout: kToolTimeout });
  const { status, output } = await execute(tool, ['diagnose', '--json', trace],
    { timeout: kToolTimeout });
  if (status !== 0 && status !== kFound) {
    return { code: 'error', output: recorded + output, problems: [`diagnose: ${output.trim()}`] };
  }
  writeFileSync(join(built.dir, 'diagnosis.json'), output);
  const diagnosis = JSON.parse(output);
  const found = diagnosis.findings.map((finding) => finding.code);
  return { code: diagnosis.verdict?.code ?? null, found, output,
    problems: compare(program.row[program.twin], diagnosis.verdict, found) };
}

// What a person saw and can ask for: all that was printed, unless case.json says so otherwise. Null:
// nothing but the program's own output.
function messageOf({ person, outcome, message }) {
  if (person !== undefined) return person;
  const said = [message ?? []].flat().filter((text) => text !== '');
  return outcome === 'pass' || said.length === 0 ? null : said.join('\n');
}

// Does `explain MESSAGE` name the failure mode for every message that a person can meet? Nothing is
// built for it.
export async function runExplained({ item, row, twin }, built, { tool }) {
  const message = twin === 'mended' ? null : messageOf(row[twin]);
  if (message === null) return { code: '-', problems: [], skipped: true };
  const { output } = await execute(tool, ['explain', '--json', message], { timeout: kToolTimeout });
  const found = JSON.parse(output).matches.map(({ code }) => code);
  const wanted = item.hasPage === false ? row[twin].code : item.id;
  const isNamed = found.includes(wanted);
  return { code: isNamed ? wanted : found[0] ?? null, output,
    problems: isNamed ? [] : [`explain "${message}" does not name it`] };
}

function line(cells, widths) {
  return cells.map((cell, at) => String(cell).padEnd(widths[at])).join('  ').trimEnd();
}

export function printMatrix(results, { show }) {
  const table = [['', 'case/row/twin', 'expected', 'verdict', 'other findings']];
  for (const { program, code, found, problems, skipped } of results) {
    if (skipped) continue;
    table.push([problems.length ? 'FAIL' : 'ok', program.name,
      program.row[program.twin].code ?? '(none)', code ?? '(none)',
      (found ?? []).filter((other) => other !== code).join(', ')]);
  }
  const widths = table[0].map((_, at) => Math.max(...table.map((cells) => cells[at].length)));
  for (const cells of table) console.log(line(cells, widths));
  for (const { program, problems, output } of results) {
    for (const problem of problems) console.log(`${program.name}: ${problem}`);
    if (problems.length && show) console.log(output);
  }
  const judged = results.filter(({ skipped }) => !skipped);
  const count = (twin, isWanted) => judged.filter((result) =>
    result.program.twin === twin && isWanted(result)).length;
  const isRight = ({ problems }) => problems.length === 0;
  const isWrong = ({ problems }) => problems.length > 0;
  console.log(`failing: ${count('failing', isRight)} right, ${count('failing', isWrong)} wrong; ` +
    `mended: ${count('mended', isRight)} silent, ${count('mended', isWrong)} false alarms`);
}
