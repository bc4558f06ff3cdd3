// Forced suspends on real programs: the seed's six on both builds of MicroPython, and every healthy program of
// programs.mjs. ASYNCSCOPE_LARGE=1 picks the large ones.

import assert from 'node:assert/strict';
import test from 'node:test';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { allPrograms, largeInstalled } from './programs.mjs';

const build = process.env.ASYNCSCOPE_BINARY_DIR;
const tool = join(build, 'bin', 'asyncscope');
const large = process.env.ASYNCSCOPE_LARGE === '1';
const kNever = 'hooks:1000000000';

function run(command, words) {
  const child = spawnSync(command, words, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (child.error !== undefined) throw child.error;
  return child;
}

function withFolder(body) {
  const folder = mkdtempSync(join(tmpdir(), 'asyncscope-'));
  try {
    return body(join(folder, 'run.atrace'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const record = (trace, schedule, words) =>
  run(tool, ['record', '-o', trace, '--stress', schedule, '--', process.execPath, ...words]);
const diagnose = (trace) => JSON.parse(run(tool, ['diagnose', '--json', trace]).stdout);

const seed = (name, program) => [fileURLToPath(new URL('seed/run.mjs', import.meta.url)),
  '--vm', 'micropython', '--wasm', join(build, `cases/seed/micropython/${name}.wasm`),
  '--policy', kNever, '--program', String(program)];

if (!large) {
  for (const program of [1, 2, 3, 4, 5, 6]) {
    test(`MicroPython, program ${program}: broken in the first forced suspend`, () =>
      withFolder((trace) => {
        const alone = run(process.execPath, seed('broken', program));
        assert.equal(alone.status, 0, 'without a suspend it passes');
        const forced = record(trace, 'every', seed('broken', program));
        assert.notEqual(forced.status, 0);
        const { verdict, runs: [summary] } = diagnose(trace);
        assert.equal(verdict.code, 'uninstrumented-callsite-in-instrumented-frame');
        assert.equal(verdict.cycle, 1);
        assert.equal(summary.cycles, 1);
      }));
  }
}

for (const program of allPrograms(build)) {
  if (Boolean(program.large) !== large || program.validate !== undefined || program.breaks) continue;
  const skip = large && !largeInstalled && 'run `npm ci` in cases/real/large first';
  test(`${program.name}, a forced suspend at every opportunity`, { skip }, () =>
    withFolder((trace) => {
      const alone = run(process.execPath, program.words);
      const forced = record(trace, 'every', program.words);
      assert.equal(forced.status, alone.status, forced.stderr);
      assert.equal(forced.stdout, alone.stdout);
      const { verdict, events } = diagnose(trace);
      assert.equal(verdict, null, JSON.stringify(verdict, null, 2));
      assert.equal(events.lost, 0);
      assert.equal(events.unexplained, 0);
    }));
}
