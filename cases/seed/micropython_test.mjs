// The table of DESIGN.md section 1 on stock MicroPython 1.20, as the runner prints it.

import assert from 'node:assert/strict';
import test from 'node:test';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { column, tableOf } from './table_of.mjs';

const kBuilds = join(process.env.ASYNCSCOPE_BINARY_DIR, 'cases/seed/micropython');
const path = (file) => fileURLToPath(new URL(file, import.meta.url));

const table = (name, ...args) =>
  tableOf(['--vm', 'micropython', '--wasm', join(kBuilds, `${name}.wasm`)], ...args);

test('full, a yield at every hook: six of six, over 4000 cycles', () => {
  const rows = table('full', '--policy', 'hooks:1');
  assert.deepEqual(column(rows, 'error'), Array(6).fill(null));
  assert.deepEqual(column(rows, 'cyclesCompleted'), column(rows, 'yields'));
  assert.ok(rows[0].cyclesCompleted >= 4000);
});

test('broken, a yield at every hook: each program fails in its first cycle', () => {
  const rows = table('broken', '--policy', 'hooks:1');
  assert.deepEqual(column(rows, 'outcome'), Array(6).fill('fail'));
  assert.deepEqual(column(rows, 'error'), Array(6).fill('RuntimeError: unreachable'));
  assert.deepEqual(column(rows, 'yields'), Array(6).fill(1));
  assert.deepEqual(column(rows, 'cyclesCompleted'), Array(6).fill(0));
});

test('broken, published policy: only the first fails, and no other one ever suspended', () => {
  const rows = table('broken', '--policy', 'virtual:100');
  assert.deepEqual(column(rows, 'outcome'), ['fail', ...Array(5).fill('pass')]);
  assert.deepEqual(column(rows, 'yields'), [1, 0, 0, 0, 0, 0]);
});

test('broken, published policy: on the virtual clock the five last what was published', () => {
  const rows = table('broken', '--policy', 'virtual:100');
  assert.deepEqual(column(rows, 'virtualMs'), [100, 62.5, 5, 9.9, 4, 2]);
});

test('broken, as published: the counter says 1 five times for one yield in all', () => {
  const rows = table('broken', '--policy', 'virtual:100', '--in-sequence');
  assert.deepEqual(column(rows, 'outcome'), ['fail', ...Array(5).fill('pass')]);
  assert.deepEqual(column(rows, 'counter'), Array(6).fill(1));
  assert.deepEqual(column(rows, 'yields'), [1, 0, 0, 0, 0, 0]);
});

test('broken, at 16 ms in another order: another program is the first to suspend, and fails', () => {
  const rows = table('broken', '--policy', 'virtual:16', '--in-sequence', '--order', '2,1');
  assert.deepEqual(column(rows, 'program'), [2, 1]);
  assert.equal(rows[0].outcome, 'fail');
  assert.equal(rows[0].yields, 1);
});

test('full, in sequence: one instance survives all six', () => {
  const rows = table('full', '--policy', 'hooks:5', '--in-sequence');
  assert.deepEqual(column(rows, 'outcome'), Array(6).fill('pass'));
  assert.deepEqual(column(rows, 'cyclesCompleted'), column(rows, 'yields'));
});

test('a buffer too small is a failure, not a crash of the runner', () => {
  const [row] = table('full', '--policy', 'hooks:1', '--program', '3', '--buffer', '64');
  assert.equal(row.outcome, 'fail');
  assert.equal(row.exitCode, 1);
});

test('run.mjs prints what the program prints and exits with 0', () => {
  const child = spawnSync(process.execPath,
    [path('run.mjs'), '--wasm', join(kBuilds, 'full.wasm'), '--program', '6', '--policy', 'hooks:1'],
    { encoding: 'utf8' });
  assert.equal(child.status, 0);
  assert.equal(child.stdout, 'while condition: 400 1194\n');
  assert.match(child.stderr, /^while with a condition: pass, [\d.]+ ms, yields 80, cycles completed 80$/m);
});

test('run.mjs leaves a trap uncaught, with the stack of the engine', () => {
  const child = spawnSync(process.execPath,
    [path('run.mjs'), '--wasm', join(kBuilds, 'broken.wasm'), '--program', '1'], { encoding: 'utf8' });
  assert.equal(child.status, 1);
  assert.equal(child.stdout, '');
  assert.match(child.stderr, /^RuntimeError: unreachable\n    at 328 \(wasm:.*\[376\]/m);
});

test('--record puts a command before each run, and names the traces', () => {
  const rows = table('full', '--program', '6', '--record', 'env TRACE={out}', '--traces', '/tmp');
  assert.equal(rows[0].trace, '/tmp/program-6.atrace');
  assert.equal(rows[0].outcome, 'pass');
});

for (const args of [[], ['--wasm', 'x', '--policy', 'often'], ['--wasm', 'x', '--fresh', '--in-sequence'],
                    ['--vm', 'interp', '--wasm', 'x'], ['--wasm', 'x', 'surplus']]) {
  test(`usage: table.mjs ${args.join(' ')} is refused`, () => {
    const child = spawnSync(process.execPath, [path('table.mjs'), ...args], { encoding: 'utf8' });
    assert.equal(child.status, 2);
    assert.match(child.stderr, /usage: node table\.mjs/);
  });
}
