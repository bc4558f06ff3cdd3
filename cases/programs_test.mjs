// Every program of programs.mjs does what it is said to do. ASYNCSCOPE_LARGE=1 picks the large ones.
// ASYNCSCOPE_UPDATE=1 writes the golden output anew.

import assert from 'node:assert/strict';
import test from 'node:test';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { allPrograms, largeInstalled } from './programs.mjs';

const large = process.env.ASYNCSCOPE_LARGE === '1';
const goldenPath = (name) => new URL(`expected/${name}.txt`, import.meta.url);

for (const program of allPrograms(process.env.ASYNCSCOPE_BINARY_DIR)) {
  if (Boolean(program.large) !== large) continue;
  const skip = large && !largeInstalled && 'run `npm ci` in cases/real/large first';
  test(`${program.name}: ${program.shape}`, { skip }, () => check(program));
}

function check({ name, words, breaks, validate }) {
  if (validate !== undefined) {
    execFileSync('wasm-validate', [validate, words[1]]);
    return;
  }
  const child = spawnSync(process.execPath, words, { encoding: 'utf8' });
  if (breaks !== undefined) {
    assert.equal(child.status, 1, child.stderr);
    assert.ok(child.stderr.split('\n').includes(breaks), child.stderr);
    return;
  }
  assert.equal(child.status, 0, child.stderr);
  if (process.env.ASYNCSCOPE_UPDATE === '1') writeFileSync(goldenPath(name), child.stdout);
  assert.equal(child.stdout, readFileSync(goldenPath(name), 'utf8'));
}
