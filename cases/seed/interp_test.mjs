// The table of DESIGN.md section 1 on our own interpreter, as the runner prints it.

import assert from 'node:assert/strict';
import test from 'node:test';
import { join } from 'node:path';
import { column, tableOf } from './table_of.mjs';

const kVariants = join(process.env.ASYNCSCOPE_BINARY_DIR, 'interp/wasm');
const table = (name, ...args) =>
  tableOf(['--vm', 'interp', '--variant', join(kVariants, name)], ...args);

// Not at every hook: each yield waits for a timer, a millisecond or more.
for (const variant of ['full', 'mended1', 'mended4']) {
  test(`${variant}: six of six`, () => {
    const rows = table(variant, '--policy', 'hooks:7');
    assert.deepEqual(column(rows, 'error'), Array(6).fill(null));
    assert.deepEqual(column(rows, 'cyclesCompleted'), column(rows, 'yields'));
    assert.ok(rows[0].cyclesCompleted >= 600);
  });
}

for (const approach of ['approach1', 'approach2', 'approach3', 'approach4']) {
  for (const variant of [`${approach}-noasserts`, `${approach}-asserts`]) {
    test(`${variant}, published policy: only the first fails, and no other one ever suspended`, () => {
      const rows = table(variant, '--policy', 'virtual:100');
      assert.deepEqual(column(rows, 'outcome'), ['fail', ...Array(5).fill('pass')]);
      assert.deepEqual(column(rows, 'yields').slice(1), Array(5).fill(0));
      assert.deepEqual(column(rows, 'virtualMs').slice(1), [62.5, 10, 10, 4, 2]);
    });
  }
}

test('approach4, a yield at every hook: each program fails', () => {
  const rows = table('approach4-noasserts', '--policy', 'hooks:1');
  assert.deepEqual(column(rows, 'outcome'), Array(6).fill('fail'));
});

test('approach4, as published: one counter, never reset', () => {
  const rows = table('approach4-noasserts', '--policy', 'virtual:100', '--in-sequence');
  assert.deepEqual(column(rows, 'outcome'), ['fail', ...Array(5).fill('pass')]);
  assert.deepEqual(column(rows, 'counter'), Array(6).fill(1));
});
