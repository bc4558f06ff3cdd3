// The modules made here have the shapes that they are made for, as wabt reads them.

import assert from 'node:assert/strict';
import test from 'node:test';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const kBuilds = join(process.env.ASYNCSCOPE_BINARY_DIR, 'cases/shapes');

function section(name, file) {
  const words = ['-x', '-j', name, join(kBuilds, file)];
  return execFileSync('wasm-objdump', words, { encoding: 'utf8' });
}

function exportedIndex(file, name) {
  return section('Export', file).match(new RegExp(`func\\[(\\d+)\\].* -> "${name}"`))?.[1];
}

for (const file of ['merged-stops.wasm', 'coroutines.wasm', 'two-memories.wasm']) {
  test(`${file}: both stops are one function`, () => {
    const stopUnwind = exportedIndex(file, 'asyncify_stop_unwind');
    assert.ok(stopUnwind !== undefined);
    assert.equal(exportedIndex(file, 'asyncify_stop_rewind'), stopUnwind);
  });
}

test('coroutines.wasm: no import can suspend', () => {
  assert.deepEqual(section('Import', 'coroutines.wasm').match(/<- .*/g), ['<- env.print']);
});

test('wasm64.wasm: the memory is 64-bit', () => {
  execFileSync('wasm-validate', ['--enable-memory64', join(kBuilds, 'wasm64.wasm')]);
  assert.match(section('Memory', 'wasm64.wasm'), / i64/);
});

test('two-memories.wasm: the second memory is for the records', () => {
  assert.match(section('Export', 'two-memories.wasm'), /memory\[1\] -> "records"/);
});

for (const file of ['dylink/main.wasm', 'dylink/side.wasm']) {
  test(`${file}: state and data are imported, and can be changed`, () => {
    const imports = section('Import', file);
    assert.match(imports, /i32 mutable=1 <- env\.__asyncify_state/);
    assert.match(imports, /i32 mutable=1 <- env\.__asyncify_data/);
    assert.match(imports, /memory\[0\].*<- env\.memory/);
  });
}
