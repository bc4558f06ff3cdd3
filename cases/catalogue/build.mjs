// Builds the programs of the catalogue: node build.mjs --build DIR [--case ID]
//
//   program.c, program.cpp   emcc; the mended twin is compiled with -DMENDED
//   *.wat                    wat2wasm, then wasm-opt; a line that ends in ";; failing" or
//                            ";; mended" belongs to that twin only
//   none                     there is nothing to build: the host is the program
//
// A program is kept in DIR under the hash of all that goes into it, with what the tools said.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync,
  writeFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const kParallel = 2;
const kRecipe = 1;  // a new number makes everything anew
const kBuildTimeout = 600_000;
const kEmccFlags = ['-sMODULARIZE'];
const kMethods = 'ccall,stackSave,stackRestore,stackAlloc,UTF8ToString';
const kWatFlags = ['--enable-all', '--debug-names'];

// `build.binaryen` of a row or a case says which wasm-opt: that of the system (108), or npm's
// (132).
const kNewBinaryen = fileURLToPath(
  new URL('../../node_modules/binaryen/bin/wasm-opt', import.meta.url));
const optimizerOf = ({ item, row }) =>
  (row.build?.binaryen ?? item.build?.binaryen) === 132 ? kNewBinaryen : 'wasm-opt';

// Runs a command; resolves to {status, signal, output}, both streams in one text.
export function execute(command, args, { timeout, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let output = '';
    let late = false;
    child.stdout.on('data', (text) => { output += text; });
    child.stderr.on('data', (text) => { output += text; });
    const timer = timeout && setTimeout(() => { late = true; child.kill('SIGKILL'); }, timeout);
    child.on('error', reject);
    child.on('close', (status, signal) => {
      clearTimeout(timer);
      resolve({ status, signal, output, late });
    });
  });
}

// At most `limit` of the tasks at a time; the results in their order.
export async function inParallel(items, task, limit = kParallel) {
  const results = new Array(items.length);
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const index = next++;
      results[index] = await task(items[index]);
    }
  };
  await Promise.all(Array.from({ length: limit }, worker));
  return results;
}

const sourcesOf = (item) => [item.source ?? []].flat();

const isWat = (file) => extname(file) === '.wat';

function flagsOf({ item, row, twin }) {
  return [item.build?.flags, row.flags, item.build?.[twin], row.build?.[twin]]
    .flatMap((flags) => flags ?? []);
}

let versions;
async function toolVersions() {
  versions ??= Promise.all(['emcc', 'wasm-opt', 'wat2wasm'].map(async (tool) =>
    (await execute(tool, ['--version'])).output.split('\n')[0]));
  return versions;
}

async function hashOf(program) {
  const hash = createHash('sha256');
  hash.update(JSON.stringify(
    [kRecipe, kEmccFlags, kWatFlags, await toolVersions(), optimizerOf(program), flagsOf(program), program.twin,
      program.item.build?.baseline]));
  const inputs = readdirSync(program.item.dir).filter((name) => !/\.(mjs|json)$/.test(name)).sort();
  for (const name of inputs) {
    hash.update(name).update(readFileSync(join(program.item.dir, name)));
  }
  return hash.digest('hex').slice(0, 12);
}

async function compile(program, out) {
  const { item, twin } = program;
  const flags = flagsOf(program);
  const methods = flags.includes('--no-entry') ? kMethods : `callMain,${kMethods}`;
  const methodFlag = `-sEXPORTED_RUNTIME_METHODS=${methods}`;
  const args = [...sourcesOf(item), ...kEmccFlags, methodFlag, ...flags,
    ...(twin === 'mended' ? ['-DMENDED'] : []), '-o', join(out, 'program.js')];
  // Debian's emcc finds acorn, which it needs for some of its settings, through this.
  const baseline = item.build?.baseline;  // what a host of sizes compares with
  const env = { ...process.env, NODE_PATH: process.env.NODE_PATH ?? '/usr/share/nodejs' };
  const options = { cwd: item.dir, env, timeout: kBuildTimeout };
  if (baseline) {
    const others = [...sourcesOf(item), ...kEmccFlags, methodFlag, ...baseline,
      '-o', join(out, 'baseline.js')];
    const { status, output } = await execute('emcc', others, options);
    if (status !== 0) return { status, output };
  }
  return execute('emcc', args, options);
}

function textOfTwin(text, twin) {
  return text.split('\n').filter((line) => {
    const mark = /;; (failing|mended)$/.exec(line);
    return mark === null || mark[1] === twin;
  }).join('\n');
}

async function assemble(program, out) {
  const { item, twin } = program;
  const steps = { status: 0, output: '' };
  const step = async (command, args) => {
    if (steps.status !== 0) return;
    const { status, output } =
      await execute(command, args, { cwd: item.dir, timeout: kBuildTimeout });
    steps.status = status;
    steps.output += output;
  };
  const sources = sourcesOf(item);
  for (const source of sources) {
    const name = sources.length === 1 ? 'program' : basename(source, '.wat');
    const wat = join(out, `${name}.wat`);
    const raw = join(out, `${name}.raw.wasm`);
    writeFileSync(wat, textOfTwin(readFileSync(join(item.dir, source), 'utf8'), twin));
    await step('wat2wasm', [...(item.build?.wat2wasm ?? kWatFlags), wat, '-o', raw]);
    await step(optimizerOf(program),
      ['-g', ...flagsOf(program), raw, '-o', join(out, `${name}.wasm`)]);
  }
  return steps;
}

async function folderOf(program, buildDir) {
  const { item, row, twin } = program;
  return join(buildDir, item.id, `${row.name}-${twin}-${await hashOf(program)}`);
}

const logOf = (dir) => join(dir, 'build.json');

// Whether buildProgram has nothing to do.
export async function isBuilt(program, buildDir) {
  return existsSync(logOf(await folderOf(program, buildDir)));
}

// Builds the program, unless that has been done: {dir, main, status, output}. `main` is what its
// host gets as first argument.
export async function buildProgram(program, buildDir) {
  const { item } = program;
  const dir = await folderOf(program, buildDir);
  const log = logOf(dir);
  const sources = sourcesOf(item);
  const main = join(dir, sources.length > 0 && !isWat(sources[0]) ? 'program.js' :
    sources.length > 1 ? '' : 'program.wasm');
  if (!existsSync(log)) {
    const making = `${dir}.${process.pid}`;
    rmSync(making, { recursive: true, force: true });
    rmSync(dir, { recursive: true, force: true });
    mkdirSync(making, { recursive: true });
    writeFileSync(join(making, 'package.json'), '{ "type": "commonjs" }\n');
    const { status, output } = sources.length === 0 ? { status: 0, output: '' } :
      await (isWat(sources[0]) ? assemble : compile)(program, making);
    if (status === null) throw new Error(`${program.name}: the build was killed`);
    writeFileSync(logOf(making), JSON.stringify({ status, output }));
    renameSync(making, dir);
  }
  return { dir, main, ...JSON.parse(readFileSync(log, 'utf8')) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { readCatalogue, programsOf } = await import('./catalogue.mjs');
  const { readArguments } = await import('./arguments.mjs');
  const { build, only } = readArguments('build.mjs');
  const built = await inParallel(programsOf(readCatalogue(only)), async (program) =>
    ({ program, result: await buildProgram(program, build) }));
  for (const { program, result } of built) {
    if (result.status !== 0) console.log(`${program.name}: ${result.output.trim()}`);
  }
  console.log(`${built.length} programs in ${build}`);
}
