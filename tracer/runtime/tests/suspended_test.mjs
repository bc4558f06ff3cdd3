// What the runtime writes about stacks while they are suspended, about buffers, and about memory
// that grows.

import assert from 'node:assert/strict';
import test from 'node:test';
import {asyncified, eventsOf, kHostSource, program, readTrace, runBoth} from './support.mjs';

// job(p) sleeps with 64 bytes of C stack; event(n) uses 256 bytes; the buffer of the host is at 16 where
// a test does not move it.
const wasm = asyncified('suspended', `(module
  (import "env" "sleep" (func $sleep (param i32)))
  (memory (export "memory") 1 4)
  (global $__stack_pointer (export "sp") (mut i32) (i32.const 60000))
  (func $fill (param $at i32) (param $count i32) (param $value i32)
    (loop $next
      (i32.store8 (i32.add (local.get $at) (local.get $count)) (local.get $value))
      (local.set $count (i32.sub (local.get $count) (i32.const 1)))
      (br_if $next (local.get $count))))
  (func $job (export "job") (param $p i32) (result i32)
    (local $frame i32)
    (local.set $frame (i32.sub (global.get $__stack_pointer) (i32.const 64)))
    (global.set $__stack_pointer (local.get $frame))
    (i32.store (local.get $frame) (local.get $p))
    (call $sleep (i32.const 1))
    (local.set $p (i32.load (local.get $frame)))
    (global.set $__stack_pointer (i32.add (local.get $frame) (i32.const 64)))
    (local.get $p))
  (func $event (export "event") (param $n i32)
    (global.set $__stack_pointer (i32.sub (global.get $__stack_pointer) (i32.const 256)))
    (call $fill (global.get $__stack_pointer) (i32.const 255) (local.get $n))
    (global.set $__stack_pointer (i32.add (global.get $__stack_pointer) (i32.const 256))))
  (func $free (export "free") (param $p i32) (i32.store (i32.const 8) (local.get $p)))
  (func $only (export "only") (param $p i32) (global.set $__stack_pointer (local.get $p))))`,
  ['--enable-mutable-globals', '-O1']);

async function traceOf(body, before = '', options = {}) {
  const file = program('suspended.mjs', `
    import fs from 'node:fs';
    ${kHostSource}
    ${before}
    const {instance} = await WebAssembly.instantiate(
        fs.readFileSync(${JSON.stringify(wasm)}), imports);
    const e = instance.exports;
    host.exports = e;
    const begin = (...args) => { e.job(...args); host.state = 'normal'; e.asyncify_stop_unwind(); };
    const end = (...args) => {
      host.state = 'rewinding';
      e.asyncify_start_rewind(host.buffer);
      return e.job(...args);
    };
    ${body}
  `);
  const {trace, code, err} = await runBoth([file], options);
  assert.equal(code, 0, err);
  return readTrace(trace);
}

test('declared globals: told when the call goes on, not when they were put back', async () => {
  const write = 'const write = (at) => { new Uint8Array(e.memory.buffer)[at] ^= 1; };';
  const declared = {env: {ASYNCSCOPE_GLOBALS: '8,0x2000:16,absent'}};
  const trace = await traceOf(`${write}
    begin(7); end(7);
    begin(7); e.free(5000); end(7);                  // writes the word at 8
    begin(7); e.free(6000); e.free(5000); end(7);    // and puts it back
    begin(7); write(0x200f); e.event(1); end(7);
    begin(7); write(0x2010); end(7);`, '', declared);
  const changed = eventsOf(trace, 0, 'GlobalChanged');
  assert.deepEqual(changed.map(({position, sp, payload}) => [position, sp, String(payload)]),
                   [[8, 4, '8'], [0x2000, 16, '0x2000']]);
  const [free] = eventsOf(trace, 0, 'ExportWhileSuspended');
  assert.deepEqual(changed.map((event) => event.function), [free.function, 0xffffffff]);
  assert.deepEqual(trace.notes.map(({what}) => what), ['declared global not watched']);
});

const kinds = ['ExportWhileSuspended', 'SleepingOverwritten', 'SleepingOverlap', 'OwnedFreed',
               'BufferOverrun', 'ExportAfterFault', 'ThrewAfterRewind', 'MemoryGrown', 'BufferHeld'];
const told = (trace) => kinds.flatMap((kind) => eventsOf(trace, 0, kind).map(() => kind));

test('a cycle during which nothing happens says nothing', async () => {
  const trace = await traceOf('for (let i = 0; i < 5; ++i) { begin(7); console.log(end(7)); }');
  assert.deepEqual(told(trace), []);
});

test('exports entered meanwhile, at the place where the stack sleeps', async () => {
  const trace = await traceOf(`
    begin(5000);
    for (let i = 0; i < 20; ++i) { e.event(i); e.only(e.sp.value); }
    e.free(5004);
    console.log(end(5000));
    e.event(1);`);
  assert.deepEqual(told(trace), Array(16).fill('ExportWhileSuspended'));
  const entered = eventsOf(trace, 0, 'ExportWhileSuspended');
  assert.deepEqual(entered.map(({detail}) => detail), [...Array(16).keys()]);
  assert.ok(entered.every(({position, sp}) => position === 16 && sp === 60000 - 64));
});

test('an export entered after the last one has gone on is entered beside the one before it', async () => {
  const trace = await traceOf(`
    begin(7);
    host.buffer = 8192;
    begin(7); e.event(1); end(7);
    e.event(1);
    host.buffer = 16;
    e.event(1); end(7);
    e.event(1);`);
  const entered = eventsOf(trace, 0, 'ExportWhileSuspended');
  // The second job is the first of them.
  assert.deepEqual(entered.map(({position}) => position), [16, 8192, 16, 16]);
});

test('two instances of one module sleep at the same address, each in its own memory', async () => {
  const trace = await traceOf(`
    const other = (await WebAssembly.instantiate(
        fs.readFileSync(${JSON.stringify(wasm)}), imports)).instance.exports;
    other.only(59000);  // so that its frame is saved with another address
    const suspend = (x, p) => {
      host.exports = x;
      x.job(p);
      host.state = 'normal';
      x.asyncify_stop_unwind();
    };
    const resume = (x) => {
      host.exports = x;
      host.state = 'rewinding';
      x.asyncify_start_rewind(16);
      return x.job(0);
    };
    suspend(e, 7); suspend(other, 8);
    console.log(resume(e), resume(other));`);
  // One at each unwind; none at the rewinds, as the bytes are still the same.
  const taken = eventsOf(trace, 0, 'Snapshot');
  assert.deepEqual(taken.map(({instance}) => instance), [0, 1]);
  assert.notDeepEqual(taken[0].payload, taken[1].payload);
});

test('an export that writes over the sleeping frames', async () => {
  const trace = await traceOf('begin(5000); e.sp.value = 60000; e.event(3); console.log(end(5000));');
  assert.deepEqual(told(trace), ['ExportWhileSuspended', 'SleepingOverwritten']);
  const [over] = eventsOf(trace, 0, 'SleepingOverwritten');
  assert.ok(over.detail > 0 && over.detail <= 64);
  assert.ok(over.position >= 60000 - 64 && over.position < 60000);
  assert.equal(over.sp, 60000);
});

test('an argument that is freed and used again while its call has it: no number, no other block', async () => {
  const trace = await traceOf(`
    const write = (at) => { new Uint8Array(e.memory.buffer)[at] ^= 1; };
    begin(5000); e.free(5000); write(5000); end(5000);
    begin(5000); e.free(5000); end(5000);
    begin(5000); e.free(6000); write(6000); end(5000); e.free(5000);
    begin(7); e.free(7); write(7); end(7);`);
  const freed = eventsOf(trace, 0, 'OwnedFreed');
  assert.deepEqual(freed.map(({detail, position}) => [detail, position]), [[0, 5000]]);
});

test('records behind the end, what they did there, and that the host went on', async () => {
  const trace = await traceOf(`
    try { begin(1); } catch { host.state = 'normal'; }
    e.event(1);
    e.event(1);`, `imports.env.sleep = () => {
      const words = new Uint32Array(host.exports.memory.buffer);
      words[4] = 32; words[5] = 36;
      host.exports.asyncify_start_unwind(16);
    };`);
  const [overrun] = eventsOf(trace, 0, 'BufferOverrun');
  assert.equal(overrun.position, 36);
  assert.equal(overrun.detail, 256);
  assert.ok(overrun.function > 0);
  assert.deepEqual(eventsOf(trace, 0, 'ExportAfterFault').map(({detail}) => detail), [1]);
});

test('what lay in the buffer is told once, and only if it was something', async () => {
  const trace = await traceOf(`
    new Uint8Array(e.memory.buffer).fill(7, 32, 4096);
    for (let i = 0; i < 3; ++i) { begin(i); end(i); }`);
  const held = eventsOf(trace, 0, 'BufferHeld');
  assert.equal(held.length, 1);
  assert.equal(held[0].position, 32);
  assert.ok([...held[0].payload].every((byte) => byte === 7));
  assert.equal(held[0].function, held[0].payload.length);
});

test('memory that JavaScript makes grow', async () => {
  const trace = await traceOf('begin(1); e.memory.grow(1); console.log(end(1));');
  const [grown] = eventsOf(trace, 0, 'MemoryGrown');
  assert.deepEqual([grown.position, grown.sp], [65536, 131072]);
  assert.match(String(grown.payload), /suspended\.mjs/);
});
