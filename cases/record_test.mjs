// Every program of programs.mjs, recorded: its output and exit code stay as they are, and a healthy
// one has no finding that breaks. ASYNCSCOPE_LARGE=1 picks the large ones.

import assert from 'node:assert/strict';
import test from 'node:test';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allPrograms, largeInstalled } from './programs.mjs';

const build = process.env.ASYNCSCOPE_BINARY_DIR;
const tool = join(build, 'bin', 'asyncscope');
const large = process.env.ASYNCSCOPE_LARGE === '1';

for (const program of allPrograms(build)) {
  // Node cannot run those that are only validated.
  if (Boolean(program.large) !== large || program.validate !== undefined) continue;
  const skip = large && !largeInstalled && 'run `npm ci` in cases/real/large first';
  test(`${program.name}: ${program.shape}`, { skip }, () => check(program));
}

function run(command, words) {
  const child = spawnSync(command, words, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (child.error !== undefined) throw child.error;
  return child;
}

function check({ words, breaks }) {
  const folder = mkdtempSync(join(tmpdir(), 'asyncscope-'));
  try {
    const trace = join(folder, 'run.atrace');
    const alone = run(process.execPath, words);
    const recorded = run(tool, ['record', '-o', trace, '--', process.execPath, ...words]);
    assert.equal(recorded.status, alone.status, recorded.stderr);
    assert.equal(recorded.stdout, alone.stdout);

    const diagnosed = run(tool, ['diagnose', trace, '--json']);
    const { verdict, runs: [summary], events } = JSON.parse(diagnosed.stdout);
    assert.equal(events.lost, 0);
    assert.equal(events.unexplained, 0);
    assert.ok(summary.cycles > 0, 'it suspended');
    if (breaks === undefined) {
      assert.equal(verdict, null, JSON.stringify(verdict, null, 2));
      assert.equal(diagnosed.status, 0);
    } else {
      assert.equal(verdict.harm, 'breaks', JSON.stringify(verdict, null, 2));
      assert.equal(verdict.phase, 'unwind', 'the cause, not the trap');
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}
