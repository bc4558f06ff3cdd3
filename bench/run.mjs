// `./dev bench`: every figure as a ratio against the untouched module, measured side by side in this run.
//
//   node run.mjs --build FOLDER [--quick] [--json FILE] [--only GROUP]
//
//   --quick   a short form that only shows that everything runs; its figures mean little
//   --json    write the figures to FILE
//   --only    cpu, page, cycles, trips, size or rewriter
//
// bench/README.md says what each benchmark is. Missed aims do not change the exit code.

import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { formatFigures } from './figures.mjs';
import { measureCycles } from './cycles.mjs';
import { measureOutsideSuspends } from './outside_suspends.mjs';
import { measurePages } from './pages.mjs';
import { measureRewriter } from './rewriter.mjs';
import { measureSizes } from './sizes.mjs';
import { run } from './tools.mjs';
import { measureTrips } from './trips.mjs';

const kUsage = `usage: node run.mjs --build FOLDER [--quick] [--json FILE] [--only cpu|page|cycles|trips|size|rewriter]
`;
const kSchema = 1;

const kLong = {
  cpuProcesses: 9, cpuPairs: 60, cpuWarmUp: 60,
  pageProcesses: 6, pagePairs: 60, pageWarmUp: 60,
  cycleProcesses: 9, cycleRuns: 25, cycleWarmUp: 35,
  tripProcesses: 5, tripRuns: 5, trips: 50_000,
  rewriteRounds: 5, rewriteSeconds: 0.2,
};
const kQuick = {
  cpuProcesses: 1, cpuPairs: 3, cpuWarmUp: 3,
  pageProcesses: 1, pagePairs: 3, pageWarmUp: 3,
  cycleProcesses: 1, cycleRuns: 2, cycleWarmUp: 1,
  tripProcesses: 1, tripRuns: 1, trips: 1000,
  rewriteRounds: 1, rewriteSeconds: 0.01,
};

const options = parseCommandLine();
const effort = options.quick ? kQuick : kLong;
const build = resolve(options.build);
const folder = join(build, 'bench', 'work');
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

const asyncscope = join(build, 'bin', 'asyncscope');
const tracePath = join(folder, 'bench.atrace');
const micropython = join(build, 'cases/seed/micropython/full.wasm');
const interp = join(build, 'interp/wasm/full');
const [quickjs, quickjsDebug] = ['release', 'debug'].map((kind) =>
  packageFile(`@jitl/quickjs-wasmfile-${kind}-asyncify`, 'dist/emscripten-module.wasm'));
const waSqlite = packageFile('wa-sqlite', 'dist/wa-sqlite-async.wasm');
const php = fileURLToPath(new URL(
  '../cases/real/large/node_modules/@php-wasm/node-7-4/asyncify/7_4_33/php_7_4.wasm', import.meta.url));

const vms = [
  { vm: 'micropython', title: 'MicroPython 1.20', build: micropython, file: micropython },
  { vm: 'interp', title: 'our interpreter', build: interp, file: join(interp, 'interp.wasm') },
  { vm: 'quickjs', title: 'QuickJS', build: quickjs, file: quickjs },
];
const modules = [
  ...vms.map(({ title, file }) => ({ title, file })),
  { title: 'QuickJS, debug', file: quickjsDebug },
  { title: 'wa-sqlite', file: waSqlite },
  { title: 'PHP 7.4', file: php },
].filter(({ file }) => file !== php || (existsSync(php) && !options.quick))
  .map((module) => ({ ...module, bytes: statSync(module.file).size }));

const groups = {
  cpu: () => measureOutsideSuspends({
    builds: vms, hook: join(build, 'runtime/node-hook.cjs'), tracePath, effort, progress }),
  page: () => measurePages({
    micropython, script: join(build, 'runtime/asyncscope.mjs'), effort, progress }),
  cycles: () => measureCycles({
    build: micropython, asyncscope, tracePath, effort, progress }),
  trips: () => measureTrips({ build, asyncscope, tracePath, folder, effort, progress }),
  size: () => measureSizes({ modules, asyncscope, outputPath: join(folder, 'probed.wasm'), progress }),
  rewriter: () => measureRewriter({
    modules: modules.filter(({ title }) => !['QuickJS, debug', 'wa-sqlite'].includes(title)),
    asyncscope, benchmark: join(build, 'bench/rewrite_benchmark'), folder, effort, progress }),
};
const figures = [];
for (const [name, measure] of Object.entries(groups)) {
  if (options.only === undefined || options.only === name) figures.push(...measure());
}
progress('');
rmSync(folder, { recursive: true });

const missed = figures.filter(({ meets }) => meets === false).length;
const aims = figures.filter(({ meets }) => meets !== null).length;
const summary = options.quick ? 'Everything runs. The short form is too short to judge by.' :
  `${aims - missed} of ${aims} figures meet their aim.`;
process.stdout.write(`${summary}\n\n${formatFigures(figures, !options.quick)}`);
process.stdout.write(`
Ratios are medians, with the least and the greatest of what was measured, on ${cpus().length} x
${cpus()[0].model}; Node ${process.version}; ${run(['wasm-opt', '--version']).trim()}.
`);
if (options.json !== undefined) {
  writeFileSync(options.json, `${JSON.stringify(
    { schema: kSchema, quick: options.quick, node: process.version, figures }, null, 2)}\n`);
}

function parseCommandLine() {
  try {
    const { values } = parseArgs({
      options: {
        build: { type: 'string' },
        quick: { type: 'boolean', default: false },
        json: { type: 'string' },
        only: { type: 'string' },
      },
    });
    if (values.build === undefined) throw new Error('--build is missing');
    if (![undefined, 'cpu', 'page', 'cycles', 'trips', 'size', 'rewriter'].includes(values.only)) {
      throw new Error(`no such group: ${values.only}`);
    }
    return values;
  } catch (error) {
    process.stderr.write(`${error.message}\n\n${kUsage}`);
    process.exit(2);
  }
}

function packageFile(name, file) {
  const main = createRequire(import.meta.url).resolve(name);
  return join(main.slice(0, main.lastIndexOf(join('node_modules', name))), 'node_modules', name, file);
}

// One line on standard error, when it is a terminal.
function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}
