// The sample of a page: what a program prints when it is run plainly, and what the tool says of it.
//
// Nothing is invented: lines are left out, which a line with "…" shows, and long ones are folded.

import { join } from 'node:path';
import { buildProgram, execute, isBuilt } from '../../cases/catalogue/build.mjs';
import { commandOf } from '../../cases/catalogue/catalogue.mjs';

const kTimeout = 60_000;
const kWidth = 100;
const kMostOutput = 6;   // lines of the program's own output
const kMostRows = { 'Stack at': 10, 'Cycle ': 8, 'Other findings': 4 };  // of a section

// Rows of tables stay whole.
const fold = (line) => {
  if (line.length <= kWidth || /\S {3,}\S/.test(line)) return [line];
  const indent = /^ */.exec(line)[0];
  const lines = [];
  let current = '';
  for (const word of line.trimStart().split(' ')) {
    if (current && indent.length + current.length + 1 + word.length > kWidth) {
      lines.push(indent + current);
      current = word;
    } else {
      current = current ? `${current} ${word}` : word;
    }
  }
  return [...lines, indent + current];
};

// Node shows the line of the source that threw, where it is, and its own frames.
const isNoise = (line) => line.trim() === '' || /^\s*\^+$/.test(line) ||
  /^Node\.js v/.test(line) || /\(?node:(internal|events)/.test(line) ||
  /^\(Use `node --trace/.test(line) || /^cache:INFO/.test(line);

function outputOf(text, places) {
  let plain = text;
  for (const place of places) plain = plain.replaceAll(`file://${place}`, '').replaceAll(place, '');
  const lines = plain.split('\n').map((line) => line.trimEnd()).filter((line) => !isNoise(line));
  const isPlace = (line) => /^[\w.:/-]+:\d+$/.test(line);
  const isSource = (at) => at > 0 && isPlace(lines[at - 1]) && !/^\w*Error\b/.test(lines[at]);
  const kept = lines
    .filter((line, at) => !isSource(at) && !isPlace(line) && line !== lines[at - 1])
    .map((line) => line.length > 2 * kWidth ? `${line.slice(0, kWidth)} …` : line);
  const shown = kept.length > kMostOutput + 1 ? [...kept.slice(0, kMostOutput), '…'] : kept;
  return shown.flatMap(fold);
}

// The sections of the text report that a page shows: the verdict, its evidence, the advice.
function reportOf(text) {
  const kept = [];
  let limit = Infinity;
  let rows = 0;
  for (const line of text.split('\n')) {
    if (/^(Runs|Events:|note:|More:|What tells them apart)/.test(line)) break;
    if (/^\S/.test(line)) {
      const section = Object.keys(kMostRows).find((name) => line.startsWith(name));
      limit = section ? kMostRows[section] + 1 : Infinity;
      rows = 0;
    }
    if (line === '') limit = Infinity;
    rows += 1;
    if (rows - 1 === limit + 1) kept.push('  …');
    if (rows - 1 <= limit) kept.push(line);
  }
  while (kept.at(-1) === '') kept.pop();
  return kept.flatMap(fold);
}

// {text, isRight}: what to show, and whether the verdict is the one that the case expects. One that
// is not is left out: the page would contradict itself. Undefined: the program is not built, and
// may not be.
export async function sampleOf(program, { build, tool, check, catalogueDir }) {
  if (check && !await isBuilt(program, build)) return undefined;
  const built = await buildProgram(program, build);
  const places = [`${built.dir}/`, `${catalogueDir}${program.item.id}/`, catalogueDir];
  const lines = built.output.trim() ?
    ['# the build says', ...outputOf(built.output, places)] : [];
  let isRight = true;
  if (built.status === 0) {
    const command = commandOf(program, built);
    const plain = await execute(process.execPath, command, { cwd: built.dir, timeout: kTimeout });
    lines.push('$ node app.js', ...outputOf(plain.output, places));
    if (program.row.diagnosed !== false) {
      const verdict = await verdictOf(program, command, built.dir, tool);
      isRight = verdict !== undefined;
      const asked = ['run', ...(program.item.record ?? []), '-- node app.js'].join(' ');
      if (isRight) lines.push(`$ asyncscope ${asked}`, ...verdict);
    }
  }
  return { text: lines.map((line) => `${line.trimEnd()}\n`).join(''), isRight };
}

async function verdictOf({ item, row, twin }, command, cwd, tool) {
  const options = { cwd, timeout: kTimeout };
  const trace = join(cwd, 'sample.atrace');
  await execute(tool, ['record', ...(item.record ?? []), '-o', trace, '--', process.execPath, ...command], options);
  const { status, output: json } = await execute(tool, ['diagnose', '--json', trace], options);
  if (status > 1) throw new Error(`${trace}: diagnose says ${json}`);
  if ((JSON.parse(json).verdict?.code ?? null) !== row[twin].code) return undefined;
  const { output } = await execute(tool, ['diagnose', trace], options);
  return reportOf(output);
}
