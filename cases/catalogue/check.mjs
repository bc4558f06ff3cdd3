// The catalogue under `check`: node check.mjs --build DIR --tool ASYNCSCOPE [--case ID]... [--show]
//
// Of every case that says "static", the failing program must be found before it runs, by the code of
// its row or of its folder, and the mended twin must have no finding of harm. Where the case says
// "link line", the flags are handed over too. Exit code 1: something differs.

import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readArguments } from './arguments.mjs';
import { buildProgram, execute, inParallel } from './build.mjs';
import { programsOf, readCatalogue } from './catalogue.mjs';

const kTimeout = 60_000;
const kFound = 1;

// The module of these is the same in both twins: where the buffer lies is the host's doing.
const kInTheHost = new Set(['buffer-overlaps-program-data']);

function linkLine({ item, row, twin }) {
  const flags = [item.build?.flags, row.flags, item.build?.[twin], row.build?.[twin]]
    .flatMap((words) => words ?? []);
  const tool = /\.wat$/.test([item.source].flat()[0]) ? 'wasm-opt' : 'emcc';
  return [tool, ...flags].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
}

// The built module; where the pass refused it, the one that it was given.
function moduleOf(built) {
  const files = readdirSync(built.dir).filter((name) => name.endsWith('.wasm'));
  for (const name of ['program.wasm', 'main.wasm', 'program.raw.wasm']) {
    if (files.includes(name)) return join(built.dir, name);
  }
  return undefined;
}

async function check(program, { tool, build }) {
  const built = await buildProgram(program, build);
  const module = moduleOf(built);
  if (module === undefined || !existsSync(module)) {
    return { program, codes: [], problems: ['there is no module'] };
  }
  const side = join(built.dir, 'side.wasm');
  const words = ['check', module, '--json', '--no-sizes', '--emcc-args', linkLine(program),
    ...(existsSync(side) ? ['--with', side] : [])];
  const { status, output } = await execute(tool, words, { timeout: kTimeout, cwd: program.item.dir });
  if (status !== 0 && status !== kFound) {
    return { program, codes: [], problems: [output.trim()] };
  }
  const { findings } = JSON.parse(output);
  const codes = findings.map(({ code }) => code);
  const causes = findings.map(({ cause }) => cause);
  const problems = [];
  if (program.twin === 'failing') {
    const wanted = [program.row.failing.code, program.item.id];
    if (!wanted.some((code) => codes.includes(code) || causes.includes(code))) {
      problems.push(`none of ${wanted.join(', ')}`);
    }
  } else if (findings.some(({ harm }) => harm === 'breaks')) {
    problems.push('a false alarm');
  }
  return { program, codes, problems, output };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const options = readArguments(basename(process.argv[1]));
  const cases = readCatalogue(options.only).filter((item) => item.static && !kInTheHost.has(item.id));
  const visible = programsOf(cases).filter(({ row }) => row.static !== false);
  const results = await inParallel(visible, (program) => check(program, options));
  for (const { program, codes, problems, output } of results) {
    console.log(`${problems.length ? 'FAIL' : 'ok  '} ${program.name}: ${[...new Set(codes)].join(', ')}`);
    for (const problem of problems) console.log(`       ${problem}`);
    if (problems.length && options.show) console.log(output);
  }
  const wrong = results.filter(({ problems }) => problems.length > 0).length;
  console.log(`${cases.length} cases, ${results.length} programs, ${wrong} wrong`);
  process.exitCode = wrong ? 1 : 0;
}
