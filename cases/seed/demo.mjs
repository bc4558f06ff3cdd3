// The main job, end to end, on two virtual machines: the published table, what is wrong with it, the
// verdict of the run that fails, and the same table with the advice applied.
//
// Nothing here knows the answer. The functions to add come from the diagnosis, round after round,
// until a run under a yield at every hook has no finding; the mended build is then run as a user
// would run it, without the tool.
//
//   node demo.mjs --build FOLDER     FOLDER is the build tree (./dev demo gives it)

import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const kTable = fileURLToPath(new URL('table.mjs', import.meta.url));
const kMicroPythonBuild = fileURLToPath(new URL('micropython/build.mjs', import.meta.url));
const kInterpLink = fileURLToPath(new URL('../../interp/link.mjs', import.meta.url));
const kPublished = 'virtual:100';
const kEveryHook = 'hooks:1';
const kMostRounds = 6;

const { values: options } = parseArgs({ options: { build: { type: 'string' } } });
if (options.build === undefined) {
  process.stderr.write('usage: node demo.mjs --build FOLDER\n');
  process.exit(2);
}
const tool = join(options.build, 'bin', 'asyncscope');
const work = join(options.build, 'demo');

// A VM of the demo: where its builds are, and how to make one with more functions instrumented.
const vms = [
  {
    name: 'micropython',
    title: 'Stock MicroPython 1.20, Asyncify applied by wasm-opt, indirect calls ignored',
    broken: ['--wasm', join(options.build, 'cases/seed/micropython/broken.wasm')],
    full: ['--wasm', join(options.build, 'cases/seed/micropython/full.wasm')],
    mend(functions, folder) {
      const output = join(folder, 'mended.wasm');
      run(process.execPath, [kMicroPythonBuild, '--ignore-indirect', '--add', functions.join(','), '--output', output]);
      return ['--wasm', output];
    },
    moduleOf: (build) => build[1],
  },
  {
    name: 'interp',
    title: 'Our own interpreter, approach 4: pure C to emscripten_sleep, indirect calls ignored',
    broken: ['--variant', join(options.build, 'interp/wasm/approach4-noasserts')],
    full: ['--variant', join(options.build, 'interp/wasm/full')],
    mend(functions, folder) {
      const output = join(folder, 'mended');
      run(process.execPath, [kInterpLink, '--variant', this.broken[1], '--output', output, '--', `-sASYNCIFY_ADD=${functions.join(',')}`]);
      return ['--variant', output];
    },
    moduleOf: (build) => join(build[1], 'interp.wasm'),
  },
];

function run(command, words, accepted = [0]) {
  const child = spawnSync(command, words, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (child.error !== undefined) throw child.error;
  if (!accepted.includes(child.status)) {
    throw new Error(`${command} ${words.join(' ')} ended with ${child.status ?? child.signal}:\n${child.stderr}`);
  }
  return child.stdout;
}

const print = (text = '') => process.stdout.write(`${text}\n`);
const heading = (text) => print(`\n${text}\n${'='.repeat(text.length)}\n`);
const indent = (text) => text.trimEnd().replace(/^/gm, '  ');

function table(vm, build, policy, ...more) {
  return run(process.execPath, [kTable, '--vm', vm.name, ...build, '--policy', policy, ...more]);
}

// The six programs, each recorded in a run of its own.
function recordedRows(vm, build, policy, folder) {
  const record = `${tool} record -o {out} --`;
  const text = table(vm, build, policy, '--fresh', '--json', '--record', record, '--traces', folder);
  return JSON.parse(text).rows;
}

function diagnose(trace, ...more) {
  return JSON.parse(run(tool, ['diagnose', trace, ...more, '--json'], [0, 1]));
}

function placeText({ function: fn, site }) {
  if (fn === null) return 'no function';
  const name = fn.name === null ? `func[${fn.index}]` : `${fn.name} (func[${fn.index}])`;
  return site === null ? name : `${name}, ${site.kind} at 0x${site.offset.toString(16)}`;
}

function verdictLine(row, diagnosis) {
  const label = `${row.program} ${row.title}`.padEnd(26);
  const { verdict } = diagnosis;
  if (verdict === null) return `${label} ${row.outcome}: nothing found, ${row.cyclesCompleted} cycles completed`;
  return `${label} ${row.outcome}: ${placeText(verdict)}; ${verdict.phase}, cycle ${verdict.cycle}`;
}

function explainTable(vm, folder) {
  print(table(vm, vm.broken, kPublished, '--in-sequence'));
  print('The counter was never reset. Each program in a run of its own:\n');
  print(table(vm, vm.broken, kPublished, '--fresh'));

  const rows = recordedRows(vm, vm.broken, kPublished, join(folder, 'published'));
  const failing = rows.filter(({ outcome }) => outcome !== 'pass');
  const passing = rows.filter(({ outcome }) => outcome === 'pass').map(({ trace }) => trace);
  if (failing.length === 0) throw new Error('no program failed under the published policy');
  print('The verdict on the run that fails, beside those that pass:\n');
  const pass = passing.flatMap((trace) => ['--pass', trace]);
  print(indent(run(tool, ['diagnose', failing[0].trace, ...pass], [1])));
}

// Adds what the diagnosis of all six asks for, until it asks for nothing more.
function mend(vm, folder) {
  const functions = [];
  let build = vm.broken;
  for (let round = 0; round < kMostRounds; round += 1) {
    const rows = recordedRows(vm, build, kEveryHook, join(folder, `round-${round}`));
    const diagnoses = rows.map(({ trace }) => diagnose(trace));
    print(round === 0 ? 'The six with a yield at every hook:\n' : `With ${functions.join(', ')} added:\n`);
    rows.forEach((row, i) => print(`  ${verdictLine(row, diagnoses[i])}`));
    print();
    const asked = diagnoses.flatMap(({ verdict }) => verdict?.advice.functions ?? []);
    const added = [...new Set(asked)].filter((name) => !functions.includes(name));
    if (added.length === 0) return { build, functions, clean: diagnoses.every(({ verdict }) => verdict === null) };
    functions.push(...added);
    print(`  advice: add ${added.join(', ')}\n`);
    build = vm.mend(functions, folder);
  }
  return { build, functions, clean: false };
}

function percent(size, base) {
  const change = ((size - base) / base) * 100;
  return `${change >= 0 ? '+' : ''}${change.toFixed(3)} %`;
}

function showMended(vm, { build, functions, clean }) {
  print(`The same table with ${functions.join(', ')} added, without the tool:\n`);
  const published = table(vm, build, kPublished, '--fresh');
  const everyHook = table(vm, build, kEveryHook, '--fresh');
  print(published);
  print(everyHook);
  const size = (which) => statSync(vm.moduleOf(which)).size;
  print(`size: broken ${size(vm.broken)}, mended ${size(build)} (${percent(size(build), size(vm.broken))}), ` +
        `fully instrumented ${size(vm.full)} (${percent(size(vm.full), size(vm.broken))})`);
  return clean && /^6\/6 pass/m.test(published) && /^6\/6 pass/m.test(everyHook);
}

rmSync(work, { recursive: true, force: true });
let mended = 0;
for (const vm of vms) {
  const folder = join(work, vm.name);
  mkdirSync(folder, { recursive: true });
  heading(vm.title);
  explainTable(vm, folder);
  if (showMended(vm, mend(vm, folder))) mended += 1;
}
print(`\n${mended} of ${vms.length} virtual machines mended: 6/6 on the published policy and with a yield at every hook.`);
process.exit(mended === vms.length ? 0 : 1);
