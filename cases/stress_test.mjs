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

const stress = (words, ...options) => {
  const child = run(tool, ['stress', '--json', ...options, '--', process.execPath, ...words]);
  return { status: child.status, result: JSON.parse(child.stdout || `"${child.stderr}"`) };
};
const kSix = [1, 2, 3, 4, 5, 6];
if (!large) {
  for (const program of kSix) {
    test(`MicroPython, broken, program ${program}: fails, and shrinks to one suspend`, () => {
      const alone = run(process.execPath, seed('broken', program));
      assert.equal(alone.status, 0, 'without a suspend it passes');
      const { status, result } = stress(seed('broken', program), '--runs', '0');
      assert.equal(status, 1);
      assert.equal(result.failing.opportunities.length, 1);
      assert.equal(result.failing.minimal, true);
      const { verdict } = result.failing.diagnosis;
      assert.equal(verdict.code, 'uninstrumented-callsite-in-instrumented-frame');
      assert.equal(verdict.cycle, 1);
      assert.equal(result.interventions.only_there.code, verdict.code);
      // The command that it prints repeats it.
      withFolder((trace) => {
        record(trace, result.failing.schedule, seed('broken', program));
        assert.deepEqual(diagnose(trace).verdict, verdict);
      });
    });

    test(`MicroPython, full, program ${program}: nothing at any opportunity, the oracle silent`, () => {
      const { status, result } = stress(seed('full', program), '--schedule', 'every');
      assert.equal(status, 0, JSON.stringify(result, null, 2));
      assert.equal(result.failing, null);
      const [, , every] = result.runs;
      assert.ok(every.opportunities > 0);
      assert.equal(every.suspends, every.opportunities);
      assert.equal(result.oracle.compared, every.suspends);
      assert.deepEqual(result.left_alone, []);
    });
  }

  test('MicroPython, full: the oracle is silent over 100,000 round trips', () =>
    withFolder((trace) => {
      const forced = record(trace, 'every+times=25+oracle=on', seed('full', 1));
      assert.equal(forced.status, 0, forced.stderr);
      const counted = JSON.parse(run(join(build, 'tracer/record/asyncscope_trace_counts'), [trace]).stdout);
      const { events, lost } = counted.threads[0];
      const [kStopRewind, kOracleSilent, kOracleFound] = [4, 34, 35];
      assert.equal(lost, 0);
      assert.ok(events[kStopRewind] >= 100_000, `${events[kStopRewind]} round trips`);
      assert.equal(events[kOracleSilent], events[kStopRewind]);
      assert.equal(events[kOracleFound], undefined);
    }));

  test('the interpreter tells at which bytecodes and lines it has been suspended', () => {
    const words = [fileURLToPath(new URL('seed/run.mjs', import.meta.url)), '--vm', 'interp',
      '--variant', join(build, 'interp/wasm/full'), '--policy', 'hooks:7', '--program', '3'];
    const { status, result } = stress(words, '--schedule', 'every');
    assert.equal(status, 0, JSON.stringify(result, null, 2));
    const lines = new Set(result.positions.map(({ position }) => /\.py:(\d+) /.exec(position)[1]));
    assert.ok(lines.size > 1, JSON.stringify(result.positions));
  });
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
