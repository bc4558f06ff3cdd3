// `asyncscope check` on real modules: nothing is found in healthy ones, the sites that the project
// began with are found without a run, and no call that a recorded run made is missing in the refined
// call graph.

import assert from 'node:assert/strict';
import test from 'node:test';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const build = process.env.ASYNCSCOPE_BINARY_DIR;
const tool = join(build, 'bin/asyncscope');
const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const npm = (file) => here(`../node_modules/${file}`);
const made = (file) => join(build, file);

function run(command, words) {
  const child = spawnSync(command, words, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (child.error !== undefined) throw child.error;
  return child;
}

function check(module, ...words) {
  const { status, stdout, stderr } = run(tool, ['check', module, '--json', ...words]);
  assert.ok(status === 0 || status === 1, stderr);
  return { status, ...JSON.parse(stdout) };
}

const kHealthy = {
  'quickjs-debug': npm('@jitl/quickjs-wasmfile-debug-asyncify/dist/emscripten-module.wasm'),
  'quickjs-release': npm('@jitl/quickjs-wasmfile-release-asyncify/dist/emscripten-module.wasm'),
  'wa-sqlite': npm('wa-sqlite/dist/wa-sqlite-async.wasm'),
  'tinygo': npm('sh-syntax/main.wasm'),
  'micropython-full': made('cases/seed/micropython/full.wasm'),
  'interp-full': made('interp/wasm/full/interp.wasm'),
  ...Object.fromEntries(['coroutines', 'merged-stops', 'binaryen-132', 'wasm64', 'two-memories']
    .map((name) => [name, made(`cases/shapes/${name}.wasm`)])),
};

for (const [name, module] of Object.entries(kHealthy)) {
  test(`${name}: no finding of harm`, () => {
    const { status, verdict, findings } = check(module);
    assert.equal(verdict, null, JSON.stringify(findings[0], null, 2));
    assert.equal(status, 0);
  });
}

test('micropython, indirect calls ignored: the sites in 376 and 388, without a run', () => {
  const module = made('cases/seed/micropython/broken.wasm');
  const { status, verdict, findings, configuration } = check(module);
  assert.equal(status, 1);
  assert.equal(verdict.function.index, 376);
  assert.equal(verdict.site.offset, 125258);
  assert.equal(verdict.consequence, 'pops-foreign-record');
  assert.equal(configuration.indirect_calls.value, 'ignored');
  const sites = findings.filter(({ function: at }) => at?.index === 388);
  assert.ok(sites.length > 0);
  for (const step of verdict.path.slice(1, -1)) assert.ok(step.guarded || step.function === null);
});

test('SARIF: a result for each finding, at its offset', () => {
  const folder = mkdtempSync(join(tmpdir(), 'asyncscope-'));
  try {
    const file = join(folder, 'check.sarif');
    const { findings } = check(made('cases/seed/micropython/broken.wasm'), '--sarif', file);
    const sarif = JSON.parse(readFileSync(file, 'utf8'));
    assert.equal(sarif.version, '2.1.0');
    const [{ results, tool: { driver } }] = sarif.runs;
    assert.equal(results.length, findings.length);
    assert.equal(results[0].locations[0].physicalLocation.region.byteOffset, 125258);
    assert.equal(driver.rules[results[0].ruleIndex].id, results[0].ruleId);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

// The calls that the engine's stacks show, inner frame after outer frame.
function* recordedCalls(words) {
  const folder = mkdtempSync(join(tmpdir(), 'asyncscope-'));
  try {
    const trace = join(folder, 'run.atrace');
    run(tool, ['record', '-o', trace, '--', process.execPath, ...words]);
    const { stdout } = run(tool, ['export', trace, '--to', 'jsonl']);
    for (const line of stdout.split('\n').filter((text) => text !== '')) {
      const entry = JSON.parse(line);
      for (let i = 1; i < (entry.frames ?? []).length; ++i) {
        const [callee, caller] = [entry.frames[i - 1], entry.frames[i]];
        if (callee.function && caller.function && caller.site !== null) {
          yield { callee: callee.function.index, caller: caller.function.index, site: caller.site };
        }
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const seed = (...words) => [here('seed/run.mjs'), ...words];
const micropython = (name, number) => seed('--vm', 'micropython', '--wasm',
  made(`cases/seed/micropython/${name}.wasm`), '--policy', 'hooks:5', '--program', `${number}`);
const interp = (variant, number) => seed('--vm', 'interp', '--variant',
  made(`interp/wasm/${variant}`), '--policy', 'hooks:50', '--program', `${number}`);

const kRecorded = [
  ...[1, 2, 3, 4, 5, 6].map((n) => [`micropython-full ${n}`, kHealthy['micropython-full'],
    micropython('full', n)]),
  ...[1, 3].map((n) => [`micropython-broken ${n}`, made('cases/seed/micropython/broken.wasm'),
    micropython('broken', n)]),
  ...['full', 'mended1', 'mended4', 'approach4-noasserts'].map((variant) => [`interp ${variant}`,
    made(`interp/wasm/${variant}/interp.wasm`), interp(variant, 3)]),
  ['quickjs-debug', kHealthy['quickjs-debug'], [here('real/quickjs.mjs'), 'debug']],
  ['quickjs-release', kHealthy['quickjs-release'], [here('real/quickjs.mjs'), 'release']],
  ['wa-sqlite', kHealthy['wa-sqlite'], [here('real/wa_sqlite.mjs')]],
];

for (const [name, module, words] of kRecorded) {
  test(`${name}: every recorded call is in the refined call graph`, () => {
    const { calls } = check(module, '--calls');
    const possible = new Map(calls.filter((call) => call.import === null)
      .map((call) => [call.offset, new Set(call.possible)]));
    let indirect = 0;
    const missing = new Set();
    for (const { callee, caller, site } of recordedCalls(words)) {
      const functions = possible.get(site);
      if (functions === undefined) continue;  // a direct call
      ++indirect;
      if (!functions.has(callee)) missing.add(`func[${caller}] at ${site} called func[${callee}]`);
    }
    assert.ok(indirect > 0, 'it made indirect calls');
    assert.deepEqual([...missing], []);
  });
}
