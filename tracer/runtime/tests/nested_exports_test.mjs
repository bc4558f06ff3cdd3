// Exports that JavaScript below another export calls: seen by the closures (exports.mjs) as long as
// they are called seldom, and whenever the state is not normal; passed straight on otherwise.

import assert from 'node:assert/strict';
import test from 'node:test';
import {asyncified, eventsOf, kHostSource, kindsOf, program, readTrace, runBoth} from './support.mjs';

// run(n) calls env.nest(1) to env.nest(n), and JavaScript there calls leaf; leaf traps for 0, suspends
// for what is negative, else returns its argument.
const wasm = asyncified('nested', `(module
  (import "env" "sleep" (func $sleep (param i32)))
  (import "env" "nest" (func $nest (param i32) (result i32)))
  (memory (export "memory") 1)
  (func $leaf (export "leaf") (param i32) (result i32)
    (if (i32.eqz (local.get 0)) (then (unreachable)))
    (if (i32.lt_s (local.get 0) (i32.const 0)) (then (call $sleep (local.get 0))))
    (local.get 0))
  (func $run (export "run") (param i32) (result i32)
    (local $i i32) (local $sum i32)
    (if (i32.lt_s (local.get 0) (i32.const 0)) (then (call $sleep (local.get 0))))
    (loop $next
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (local.set $sum (i32.add (local.get $sum) (call $nest (local.get $i))))
      (br_if $next (i32.lt_s (local.get $i) (local.get 0))))
    (local.get $sum)))`);

// `nest` is an expression of `i`, the number of the call.
async function traceOf(nest, body, engineOptions = []) {
  const file = program('nested.mjs', `
    import fs from 'node:fs';
    ${kHostSource}
    let e;
    imports.env.nest = (i) => ${nest};
    const attempt = (f) => { try { return f(); } catch (error) { return error.message; } };
    const module = new WebAssembly.Module(fs.readFileSync(${JSON.stringify(wasm)}));
    e = new WebAssembly.Instance(module, imports).exports;
    host.exports = e;
    ${body}
  `);
  const {trace, code, err} = await runBoth([...engineOptions, file]);
  assert.equal(code, 0, err);
  return readTrace(trace);
}

const kMany = 10000;
const kEngines = {'': [], ', in an engine without tail calls': ['--no-experimental-wasm-return-call']};

for (const [title, options] of Object.entries(kEngines)) {
  test(`a trap that JavaScript swallows is seen in calls that are few${title}`, async () => {
    const trace = await traceOf('attempt(() => e.leaf(i % 3))', 'console.log(e.run(5));', options);
    const threw = eventsOf(trace, 0, 'ExportThrew');
    assert.equal(threw.length, 1);
    assert.match(String(threw[0].payload), /^RuntimeError: unreachable/);
  });

  test(`many calls: values, and an error that nobody swallows, are as before${title}`, async () => {
    const trace = await traceOf(`e.leaf(i % ${kMany})`,
                                `console.log(e.run(${kMany - 1}), attempt(() => e.run(${kMany})));`, options);
    const threw = eventsOf(trace, 0, 'ExportThrew');
    assert.equal(threw.length, 1);
    assert.equal(threw[0].sp, 1);
  });

  test(`a suspend after many calls${title}`, async () => {
    const trace = await traceOf(`e.leaf(i < ${kMany} ? i : -1)`, `
      e.run(${kMany - 1});
      drive(e, 'leaf', -3);            // the host's own
      attempt(() => e.run(${kMany}));  // below nest, from leaf
      console.log(host.state);
    `, options);
    const story = kindsOf(trace, 0, 'StartUnwind', 'ExportReturned', 'StopUnwind', 'StartRewind', 'StopRewind',
                          'ExportEntered');
    assert.deepEqual(story, ['StartUnwind', 'ExportReturned', 'StopUnwind', 'StartRewind', 'StopRewind',
                             'StartUnwind', 'ExportReturned']);
    const lines = String(eventsOf(trace, 0, 'Stack')[1].payload).split('\n');
    assert.deepEqual(lines.slice(0, 5).map((line) => line.trim().split(' ')[1].replace(/.*\./, '')),
                     ['asyncify_start_unwind', 'sleep', 'leaf', 'nest', 'run']);
  });

  test(`an export entered in the wrong state after many calls${title}`, async () => {
    const trace = await traceOf(`i < ${kMany} ? e.leaf(i) : (sleep(), e.leaf(i))`,
                                `console.log(attempt(() => e.run(${kMany})));`, options);
    assert.deepEqual(eventsOf(trace, 0, 'ExportEntered').map(({detail}) => detail), [1]);
  });
}

test('a trap that JavaScript swallows, after many calls, is the one thing that is not seen', async () => {
  const nest = `attempt(() => e.leaf(i % ${kMany})) | 0`;
  const body = `console.log(e.run(${kMany}));`;
  assert.equal(eventsOf(await traceOf(nest, body), 0, 'ExportThrew').length, 0);
});
