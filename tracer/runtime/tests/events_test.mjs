// What the runtime writes: stacks, snapshots, marks, errors at exports.

import assert from 'node:assert/strict';
import test from 'node:test';
import {asyncified, eventsOf, kHostSource, kindsOf, kYieldWat, program, readTrace, runBoth} from
    './support.mjs';

const wasm = asyncified('yield', kYieldWat);
const prelude = `
  import fs from 'node:fs';
  ${kHostSource}
  const bytes = fs.readFileSync(${JSON.stringify(wasm)});
  const {instance} = await WebAssembly.instantiate(bytes, imports);
  const e = instance.exports;
`;

async function traceOf(body, options) {
  const {trace, code, err} = await runBoth([program('events.mjs', prelude + body)], options);
  assert.equal(code, 0, err);
  return readTrace(trace);
}

test('a cycle, event by event', async () => {
  const trace = await traceOf(`console.log(drive(e, 'run', 2));`);
  assert.deepEqual(kindsOf(trace, 0), [
    'InstanceMade', 'StartUnwind', 'Buffer', 'Stack', 'UnwindSaved', 'UnwindSaved', 'UnwindSaved',
    'ExportReturned', 'StopUnwind', 'MemoryUntouched', 'Snapshot', 'StartRewind', 'RewindEntered',
    'RewindEntered', 'RewindEntered', 'StopRewind', 'MemoryUntouched']);
  const [buffer] = eventsOf(trace, 0, 'Buffer');
  assert.deepEqual([buffer.position, buffer.sp], [16, 4096]);
  const saved = eventsOf(trace, 0, 'UnwindSaved');
  const entered = eventsOf(trace, 0, 'RewindEntered');
  assert.deepEqual(entered.map((event) => event.function),
                   saved.map((event) => event.function).reverse());
  const [snapshot] = eventsOf(trace, 0, 'Snapshot');
  assert.equal(snapshot.position, 32);
  assert.equal(snapshot.detail, saved.at(-1).position - 32);
});

test('the stack holds the program\'s frames and none of ours', async () => {
  const trace = await traceOf(`console.log(drive(e, 'run', 2));`);
  const lines = String(eventsOf(trace, 0, 'Stack')[0].payload).split('\n');
  const names = lines.map((line) => line.trim().split(' ')[1]);
  assert.deepEqual(names.slice(0, 6),
                   ['asyncify_start_unwind', 'sleep', 'inner', 'middle', 'run', 'drive']);
  assert.match(lines[2], /wasm-function\[\d+\]:0x[0-9a-f]+/);
  assert.ok(!lines.some((line) => line.includes('node-hook')), lines.join('\n'));
});

test('a suspend that begins as one before it is inferred, and counted as such', async () => {
  const trace = await traceOf(`for (let i = 0; i < 10; ++i) drive(e, 'run', i);`);
  const stacks = eventsOf(trace, 0, 'Stack');
  assert.equal(stacks.length, 10);
  assert.deepEqual(stacks.map((stack) => stack.position), [0, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
  assert.ok(stacks.slice(1).every((stack) => stack.detail === 0 && stack.function === 0));
  assert.equal(eventsOf(trace, 0, 'StackRevoked').length, 0);
});

test('an inference that turns out wrong is revoked', async () => {
  // The same export and C stack pointer; only the path below differs.
  const forked = asyncified('forked', `(module
    (import "env" "sleep" (func $sleep (param i32)))
    (memory (export "memory") 1)
    (func $left (param i32) (call $sleep (i32.const 1)))
    (func $right (param i32) (call $sleep (i32.const 1)) (call $left (i32.const 1)))
    (func (export "run") (param i32) (result i32)
      (if (local.get 0) (then (call $left (i32.const 0))) (else (call $right (i32.const 0))))
      (i32.const 3)))`, []);
  const file = program('forked.mjs', `
    import fs from 'node:fs';
    ${kHostSource}
    const module = new WebAssembly.Module(fs.readFileSync(${JSON.stringify(forked)}));
    const e = new WebAssembly.Instance(module, imports).exports;
    for (const left of [1, 1, 1, 0, 1, 1, 0, 1]) console.log(drive(e, 'run', left));
  `);
  const {trace} = await runBoth([file]);
  const read = readTrace(trace);
  const story = (read.threads.get(0) ?? [])
      .filter(({kind}) => kind === 'Stack' || kind === 'StackRevoked')
      .map(({kind, position}) => kind === 'StackRevoked' ? 'revoked' : position ? 'inferred' : 'captured');
  assert.ok(story.includes('revoked'), story.join());
  // A revocation stands directly after the inference that it takes back, and is followed by captures.
  for (let i = 0; i < story.length; ++i) {
    if (story[i] !== 'revoked') continue;
    assert.equal(story[i - 1], 'inferred');
    assert.equal(story[i + 1], 'captured');
  }
});

test('bytes that are the same are written once', async () => {
  const trace = await traceOf(`for (let i = 0; i < 3; ++i) drive(e, 'run', 7);`);
  const snapshots = eventsOf(trace, 0, 'Snapshot');
  assert.equal(snapshots.length, 3);
  assert.ok(snapshots[0].detail > 0);
  assert.deepEqual(snapshots.map(({function: number}) => number), [0, 0, 0]);
  assert.deepEqual(snapshots.slice(1).map(({detail}) => detail), [0, 0]);
});

test('a buffer that changes while suspended shows at the rewind', async () => {
  const trace = await traceOf(`
    host.exports = e;
    e.run(4);
    e.asyncify_stop_unwind();
    const bytesNow = new Uint8Array(e.memory.buffer);
    const end = new Uint32Array(e.memory.buffer)[4];
    const index = 32 + 4;           // a saved local of the innermost frame
    bytesNow[index] ^= 8;
    host.state = 'rewinding';
    e.asyncify_start_rewind(16);
    console.log(e.run(4), end);
  `);
  assert.deepEqual(kindsOf(trace, 0, 'StopUnwind', 'Snapshot', 'StartRewind', 'StopRewind'),
                   ['StopUnwind', 'Snapshot', 'StartRewind', 'Snapshot', 'StopRewind']);
  const [before, after] = eventsOf(trace, 0, 'Snapshot');
  assert.notDeepEqual(before.payload, after.payload);
});

test('an error that leaves an export is noted once, with its kind and the state', async () => {
  const trace = await traceOf(`
    for (const f of [() => drive(e, 'trap', 1), () => { host.state = 'normal'; e.run(-1); }]) {
      try { f(); } catch (error) { console.log(error.name, error.message); }
    }
    e.asyncify_stop_unwind();
  `);
  const [threw, ...more] = eventsOf(trace, 0, 'ExportThrew');
  assert.equal(more.length, 0);
  assert.match(String(threw.payload), /^RuntimeError: unreachable\n.*wasm-function/s);
  assert.deepEqual([threw.position, threw.sp], [0, 1]);
});

test('JavaScript errors and values that are no errors', async () => {
  const trace = await traceOf(`
    const other = (await WebAssembly.instantiate(bytes, {env: {sleep(ms) {
      if (ms === 1) throw new TypeError('from the import');
      if (ms === 2) throw Infinity;
      (function deeper() { deeper(); })();
    }}})).instance.exports;
    for (const ms of [1, 2, 3]) {
      try { other.run(ms); } catch (error) { console.log(String(error)); }
    }
  `);
  const threw = eventsOf(trace, 0, 'ExportThrew');
  assert.deepEqual(threw.map(({payload}) => String(payload).split('\n')[0]), [
    'TypeError: from the import', 'number: Infinity',
    'RangeError: Maximum call stack size exceeded']);
  assert.deepEqual(threw.map(({sp}) => sp), [0, 0, 2]);
});

test('exports entered and left in the wrong state', async () => {
  const trace = await traceOf(`
    host.exports = e;
    e.run(4);                        // left unwinding
    e.run(5);                        // entered while unwinding
    e.asyncify_stop_unwind();
    console.log('done');
  `);
  const entered = eventsOf(trace, 0, 'ExportEntered');
  assert.equal(entered.length, 1);
  assert.equal(entered[0].detail, 1);
  assert.ok(eventsOf(trace, 0, 'ExportReturned').length >= 1);
});

test('marks: where the interpreted program stands', async () => {
  const trace = await traceOf(`
    const words = new Uint32Array(e.memory.buffer);
    const text = new TextEncoder().encode('mainapp.py');
    new Uint8Array(e.memory.buffer).set(text, 8192);
    const mark = 8448 / 4;
    words.set([1, 2, 8192, 4, 8196, 6, 17, 3], mark);
    globalThis.asyncscope?.registerPosition(e.memory, 8448);
    drive(e, 'run', 1);
    drive(e, 'run', 1);
    e.grow();
    new Uint32Array(e.memory.buffer)[mark + 7] = 4;
    drive(e, 'run', 1);
  `);
  const marks = eventsOf(trace, 0, 'Mark');
  assert.deepEqual(marks.map(({position}) => position), [0, 0, 0, 0, 1, 1]);
  assert.deepEqual(marks.filter(({payload}) => payload).map(({payload}) => JSON.parse(payload)), [
    {depth: 2, code: 'main', file: 'app.py', offset: 17, line: 3},
    {depth: 2, code: 'main', file: 'app.py', offset: 17, line: 4}]);
});

test('a memory that grows while suspended', async () => {
  const trace = await traceOf(`
    host.exports = e;
    e.run(4);
    e.asyncify_stop_unwind();
    e.grow();
    host.state = 'rewinding';
    e.asyncify_start_rewind(16);
    console.log(e.run(4));
    console.log(drive(e, 'run', 5));
  `);
  assert.equal(eventsOf(trace, 0, 'Snapshot').length, 2);
});

test('nothing is lost in a small ring, and the counts add up', async () => {
  const body = `for (let i = 0; i < 20000; ++i) drive(e, 'run', i); console.log('done');`;
  const trace = await traceOf(body, {env: {ASYNCSCOPE_RING: '1'}});
  assert.equal(trace.lost.get(0), 0);
  assert.equal(eventsOf(trace, 0, 'StopRewind').length, 20000);
});

test('the settings of the program\'s errors are left alone', async () => {
  await traceOf(`
    Error.stackTraceLimit = 3;
    Error.prepareStackTrace = (error, frames) => 'mine ' + frames.length;
    drive(e, 'run', 1);
    console.log(Error.stackTraceLimit, new Error().stack, Object.keys(Error));
    delete Error.stackTraceLimit;
    drive(e, 'trap2' in e ? 'trap2' : 'run', 2);
    console.log('stackTraceLimit' in Error);
    Object.freeze(Error);
    drive(e, 'run', 3);
    console.log(new Error('x').message);
  `);
});

test('memory written by a frame that runs on is told, with its address', async () => {
  // $careless is left out of the instrumentation: during the unwind it stores at 2000 all the same.
  const careless = asyncified('careless', `(module
    (import "env" "sleep" (func $sleep (param i32)))
    (memory (export "memory") 1)
    (func $inner (param i32) (call $sleep (local.get 0)))
    (func $careless (param i32)
      (call $inner (local.get 0))
      (i32.store (i32.const 2000) (i32.const 0x01010101)))
    (func (export "run") (param i32) (result i32)
      (call $careless (local.get 0)) (i32.const 3)))`,
  ['--pass-arg=asyncify-removelist@careless']);
  const file = program('careless.mjs', `
    import fs from 'node:fs';
    ${kHostSource}
    const module = new WebAssembly.Module(fs.readFileSync(${JSON.stringify(careless)}));
    drive(new WebAssembly.Instance(module, imports).exports, 'run', 1);
  `);
  const {trace} = await runBoth([file]);
  const [unwinding] = eventsOf(readTrace(trace), 0, 'MemoryWritten');
  assert.deepEqual([unwinding.function, unwinding.detail, unwinding.position], [4, 1, 2000]);
});

test('memory is compared only for suspends of a new kind', async () => {
  const trace = await traceOf(`for (let i = 0; i < 10; ++i) drive(e, 'run', 2);`);
  const looked = eventsOf(trace, 0, 'MemoryUntouched');
  assert.deepEqual(looked.map(({detail}) => detail), [1, 2]);
  assert.equal(looked[0].position, 65536);
});
