// `asyncscope fix` on programs that no list of the tool knows: the smallest lists are found, proved by
// forced suspends, and what lists cannot mend is said.
//
// The referee is the program itself, run without the tool: `python3` says what it has to print.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const binary = process.env.ASYNCSCOPE_BINARY_DIR;
const tool = join(binary, 'bin', 'asyncscope');
const here = fileURLToPath(new URL('.', import.meta.url));
const environment = { ...process.env, NODE_PATH: '/usr/share/nodejs' };

function inFolder(work) {
  return (context) => {
    const folder = mkdtempSync(join(tmpdir(), 'asyncscope-fix-'));
    context.after(() => rmSync(folder, { recursive: true, force: true }));
    return work(folder);
  };
}

function fix(folder, ...words) {
  const child = spawnSync(tool, ['fix', '--json', '--state', join(folder, 'state'), ...words],
    { cwd: folder, encoding: 'utf8', env: environment, maxBuffer: 1 << 28 });
  const answer = child.stdout === '' ? null : JSON.parse(child.stdout);
  return { status: child.status, answer, errors: child.stderr };
}

// The pass is applied by the tool: the package has no Asyncify, and no names.
test('stock MicroPython: two programs, the functions that their stacks need', inFolder((folder) => {
  const input = createRequire(import.meta.url)
    .resolve('@micropython/micropython-webassembly-pyscript/micropython.wasm');
  const run = (program) => `node ${join(here, 'seed/run.mjs')} --program ${program} ` +
    '--vm micropython --wasm "$ASYNCSCOPE_WASM" --policy hooks:40';
  const mended = join(folder, 'mended.wasm');
  const { status, answer, errors } = fix(folder, '--wasm', input,
    '--imports', 'mp_js_hook,invoke_*', '--run', run(4), '--run', run(3), '-o', mended);
  assert.equal(status, 0, errors);
  assert.equal(answer.result, 'mended');
  assert.equal(answer.verified, true);
  assert.ok(answer.lists.functions.includes('328'), 'the one whose call through the type slot is at fault');
  assert.ok(answer.lists.functions.length <= 3, answer.lists.functions.join());
  assert.ok(answer.runs.every((each) => each.passed && each.cycles_completed > 0));
  const [broken, found, full] = answer.builds;
  assert.ok(found.bytes <= broken.bytes * 1.001, `${found.bytes} of ${broken.bytes}`);
  assert.ok(found.bytes <= full.bytes * 0.94, `${found.bytes} of ${full.bytes}`);
  assert.equal(statSync(mended).size, found.bytes);
  // Without the tool, as a user runs it: right output at every one of its own suspends.
  for (const program of [3, 4]) {
    const plain = spawnSync('sh', ['-c', run(program)],
      { encoding: 'utf8', env: { ...environment, ASYNCSCOPE_WASM: mended } });
    assert.equal(plain.status, 0, plain.stderr);
  }
}));

// It writes no names that were not there, and compact imports unless it is told not to.
test('the same by the newest Binaryen: the same function, by the same number', inFolder((folder) => {
  const input = createRequire(import.meta.url)
    .resolve('@micropython/micropython-webassembly-pyscript/micropython.wasm');
  const wasmOpt = join(here, '../node_modules/binaryen/bin/wasm-opt');
  const { status, answer, errors } = fix(folder, '--wasm', input, '--wasm-opt', `node ${wasmOpt}`,
    '--imports', 'mp_js_hook,invoke_*', '--run', `node ${join(here, 'seed/run.mjs')} --program 4 ` +
      '--vm micropython --wasm "$ASYNCSCOPE_WASM" --policy hooks:200');
  assert.equal(status, 0, errors);
  assert.equal(answer.verified, true);
  assert.deepEqual(answer.lists.functions, ['328']);
}));

const kProgram = `
#include <emscripten.h>
#include <stdio.h>
typedef int (*Task)(int);
__attribute__((noinline)) int nap(int n) { emscripten_sleep(1); return n + 1; }
__attribute__((noinline)) int idle(int n) { return n; }
Task tasks[2] = {nap, idle};
__attribute__((noinline)) int dispatch(int which, int n) {
  int frame[16];
  for (int i = 0; i < 16; ++i) frame[i] = n + i;
  int result = tasks[which](n);
  for (int i = 0; i < 16; ++i) result += frame[i];
  return result;
}
int main(int argc, char** argv) {
  int sum = 0;
  for (int i = 0; i < 4; ++i) sum += dispatch(argc > 5, i);
  printf("sum %d\\n", sum);
}
`;

const kHost = `
const factory = require('./app.js');
factory({ wasmBinary: require('fs').readFileSync(__dirname + '/app.wasm'), print: (text) => console.log(text) });
`;

const kEmcc = 'emcc app.c -O1 -g2 -sASYNCIFY -sASYNCIFY_IGNORE_INDIRECT=1 -sMODULARIZE -o app.js';

function writeProgram(folder, text = kProgram) {
  writeFileSync(join(folder, 'app.c'), text);
  writeFileSync(join(folder, 'host.js'), kHost);
}

test('a C program through emcc, with the flags as a response file', inFolder((folder) => {
  writeProgram(folder);
  const { status, answer, errors } = fix(folder, '--build', `${kEmcc} $ASYNCSCOPE_FLAGS`,
    '--run', 'node host.js');
  assert.equal(status, 0, errors);
  assert.equal(answer.result, 'mended');
  // Binaryen 108 does not go on from a listed function to its callers, so `main` has to be listed too.
  assert.deepEqual(answer.lists.functions.toSorted(), ['dispatch', 'main']);
  assert.equal(readFileSync(answer.response_file, 'utf8').trim(), answer.flags.join('\n'));
  // What is printed mends it, in the user's own hands.
  const build = spawnSync('sh', ['-c', `${kEmcc} ${answer.flags.join(' ')}`],
    { cwd: folder, encoding: 'utf8', env: environment });
  assert.equal(build.status, 0, build.stderr);
  const plain = spawnSync('node', ['host.js'], { cwd: folder, encoding: 'utf8' });
  assert.equal(plain.stdout, `sum ${[0, 1, 2, 3].reduce((sum, n) => sum + n + 1 + 16 * n + 120, 0)}\n`);
}));

test('a build that drops names: it is searched with them, and the flags hold without', inFolder((folder) => {
  writeProgram(folder);
  const emcc = kEmcc.replace('-O1 -g2', '-O3');
  const { status, answer, errors } = fix(folder, '--build', `${emcc} $ASYNCSCOPE_FLAGS`, '--run', 'node host.js');
  assert.equal(status, 0, errors);
  assert.equal(answer.result, 'mended');
  assert.ok(answer.flags.includes('--profiling-funcs'), answer.flags.join());
  assert.equal(answer.lists.buffer_size, null, 'no larger buffer is needed');
  const lists = answer.flags.filter((flag) => flag !== '--profiling-funcs');
  for (const flags of [answer.flags, lists]) {
    const build = spawnSync('sh', ['-c', `${emcc} ${flags.join(' ')}`],
      { cwd: folder, encoding: 'utf8', env: environment });
    assert.equal(build.status, 0, build.stderr);
    const plain = spawnSync('node', ['host.js'], { cwd: folder, encoding: 'utf8' });
    assert.match(plain.stdout, /^sum \d+\n$/);
  }
}));

test('a list of ASYNCIFY_ONLY in the build, and a command that is not there', inFolder((folder) => {
  writeProgram(folder);
  const only = kEmcc.replace('-sASYNCIFY_IGNORE_INDIRECT=1', '-sASYNCIFY_ONLY=main,nap');
  const { status, answer } = fix(folder, '--build', `${only} $ASYNCSCOPE_FLAGS`, '--run', 'node host.js');
  assert.equal(status, 4);
  assert.match(answer.sentence, /the build has ASYNCIFY_ONLY, beside which no other list can stand/);
  const missing = fix(folder, '--build', `${kEmcc} $ASYNCSCOPE_FLAGS`, '--run', 'no-such-command host.js');
  assert.equal(missing.status, 4);
  assert.match(missing.errors, /`no-such-command host\.js` ends with exit code 127: .*not found; check --run/);
}));

test('a program that is right as it is', inFolder((folder) => {
  writeProgram(folder);
  const { status, answer, errors } = fix(folder,
    '--build', `${kEmcc.replace('-sASYNCIFY_IGNORE_INDIRECT=1 ', '')} $ASYNCSCOPE_FLAGS`,
    '--run', 'node host.js');
  assert.equal(status, 0, errors);
  assert.equal(answer.result, 'nothing-to-mend');
  assert.deepEqual(answer.lists.functions, []);
}));

test('what never suspends is not called mended', inFolder((folder) => {
  writeProgram(folder, kProgram.replace('argc > 5', '1'));
  const { status, answer } = fix(folder, '--build', `${kEmcc} $ASYNCSCOPE_FLAGS`, '--run', 'node host.js');
  assert.equal(status, 1);
  assert.equal(answer.result, 'nothing-suspended');
}));

test('a build that fails, with its last words', inFolder((folder) => {
  const { status, answer } = fix(folder, '--build', 'echo no such compiler >&2; false', '--run', 'true');
  assert.equal(status, 4);
  assert.equal(answer.result, 'build-failed');
  assert.match(answer.steps[0].build_error, /exit code 1: no such compiler/);
}));

test('a run that fails by itself is told apart, with its error', inFolder((folder) => {
  writeFileSync(join(folder, 'host.js'), "require('fs').readFileSync('no-such-file');");
  const { status, answer } = fix(folder, '--build', 'true', '--run', 'node host.js');
  assert.equal(status, 1);
  assert.equal(answer.result, 'no-progress');
  assert.match(answer.sentence, /it fails without forced suspends too, with exit code 1, .*: Error: ENOENT/);
}));

test('interrupted, it goes on from where it was', inFolder((folder) => {
  writeProgram(folder);
  // The second build interrupts the search as Ctrl-C does, once.
  const build = `n=$(cat count 2>/dev/null || echo 0); n=$((n + 1)); echo $n > count; ` +
    `[ $n -ne 2 ] || kill -INT $PPID; ${kEmcc} $ASYNCSCOPE_FLAGS`;
  const words = ['--build', build, '--run', 'node host.js'];
  const first = fix(folder, ...words);
  assert.equal(first.status, 1, first.errors);
  assert.equal(first.answer.result, 'interrupted');
  const second = fix(folder, ...words);
  assert.equal(second.status, 0, second.errors);
  assert.equal(second.answer.result, 'mended');
  assert.ok(second.answer.resumed >= 1);
}));

// Our interpreter, by the link command of its build. Programs 3 and 6 suspend a few hundred times.
function fixInterpreter(folder, variant, programs) {
  const root = join(here, '..');
  const output = join(folder, variant);
  const run = (program) => `node ${join(here, 'seed/run.mjs')} --program ${program} --vm interp ` +
    `--variant ${output} --policy hooks:1`;
  const build = `node ${join(root, 'interp/link.mjs')} --variant ${join(binary, 'interp/wasm', variant)} ` +
    `--output ${output} -- $ASYNCSCOPE_FLAGS`;
  return fix(folder, '--build', build, ...programs.flatMap((program) => ['--run', run(program)]));
}

test('our interpreter, approach 4: flags mend it', inFolder((folder) => {
  const { status, answer, errors } = fixInterpreter(folder, 'approach4-noasserts', [3, 6]);
  assert.equal(status, 0, errors);
  assert.equal(answer.result, 'mended');
  assert.deepEqual(answer.lists.functions.toSorted(), ['dynCall_vi', 'py_call_function_n_kw', 'py_iternext']);
  assert.ok(answer.runs.every((each) => each.passed && each.cycles_completed === each.cycles && each.cycles > 0));
  const [broken, mended, full] = answer.builds;
  assert.ok(mended.bytes <= broken.bytes * 1.001, `${mended.bytes} of ${broken.bytes}`);
  assert.ok(mended.bytes < full.bytes, `${mended.bytes} of ${full.bytes}`);
  assert.notEqual(full.seconds, null, 'the fully instrumented build passes as well');
}));

test('our interpreter, approach 2: no flag takes the JavaScript out of the middle', inFolder((folder) => {
  const { status, answer, errors } = fixInterpreter(folder, 'approach2-noasserts', [6]);
  assert.equal(status, 1, errors);
  assert.equal(answer.result, 'beyond-flags');
  assert.match(answer.sentence, /js-frame-mid-stack: .*js_hook.*port_yield_from_js.*call the function from C/);
  assert.deepEqual(answer.flags, []);
}));

test('usage: one of --build and --wasm; a module with Asyncify is refused', inFolder((folder) => {
  assert.equal(fix(folder, '--run', 'true').status, 2);
  const asyncified = join(binary, 'cases/seed/micropython/full.wasm');
  const { status, errors } = fix(folder, '--wasm', asyncified, '--run', 'true');
  assert.equal(status, 2);
  assert.match(errors, /full\.wasm: is asyncified already/);
  writeFileSync(join(folder, 'cut.wasm'), readFileSync(asyncified).subarray(0, 1000));
  assert.equal(fix(folder, '--wasm', join(folder, 'cut.wasm'), '--run', 'true').status, 3);
}));
