// Every way to make a module and an instance is traced, and none of them shows it.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';
import {asyncified, bundled, compile, eventsOf, kControls, kHostSource, kindsOf, kYieldWat, program,
        readTrace, runBoth} from './support.mjs';

const wasm = asyncified('yield', kYieldWat);
const plain = compile('plain', '(module (func (export "f") (result i32) (i32.const 7)))');

const ways = {
  'new Module, new Instance': 'new WebAssembly.Instance(new WebAssembly.Module(bytes), imports)',
  'instantiate bytes': '(await WebAssembly.instantiate(bytes, imports)).instance',
  'instantiate ArrayBuffer':
      '(await WebAssembly.instantiate(new Uint8Array(bytes).buffer, imports)).instance',
  'instantiate SharedArrayBuffer': `(await WebAssembly.instantiate((() => {
      const shared = new SharedArrayBuffer(bytes.length);
      new Uint8Array(shared).set(bytes);
      return shared;
    })(), imports)).instance`,
  'instantiate resizable buffer': `(await WebAssembly.instantiate((() => {
      const buffer = new ArrayBuffer(bytes.length, {maxByteLength: bytes.length * 2});
      new Uint8Array(buffer).set(bytes);
      return buffer;
    })(), imports)).instance`,
  'instantiate DataView':
      '(await WebAssembly.instantiate(new DataView(new Uint8Array(bytes).buffer), imports)).instance',
  'instantiate Module':
      'await WebAssembly.instantiate(new WebAssembly.Module(bytes), imports)',
  'compile': 'new WebAssembly.Instance(await WebAssembly.compile(bytes), imports)',
  'compileStreaming': `new WebAssembly.Instance(
      await WebAssembly.compileStreaming(Promise.resolve(response())), imports)`,
  'instantiateStreaming':
      '(await WebAssembly.instantiateStreaming(response(), imports)).instance',
  'subclasses': `new (class extends WebAssembly.Instance {})(
      new (class extends WebAssembly.Module {})(bytes), imports)`,
  'structuredClone': `await WebAssembly.instantiate(
      structuredClone(new WebAssembly.Module(bytes)), imports)`,
  'bytes changed after the call': `(await (() => {
      const copy = new Uint8Array(bytes);
      const promise = WebAssembly.instantiate(copy, imports);
      copy.fill(0);
      return promise;
    })()).instance`,
};

// What an engine says to a kind of source that it does not take.
const refused = /TypeError: WebAssembly\.instantiate\(\): Argument 0 must be/;

for (const [name, expression] of Object.entries(ways)) {
  test(name, async () => {
    const file = program('way.mjs', `
      import fs from 'node:fs';
      ${kHostSource}
      const bytes = fs.readFileSync(${JSON.stringify(wasm)});
      const response = () => new Response(bytes, {headers: {'content-type': 'application/wasm'}});
      const instance = ${expression};
      console.log(instance instanceof WebAssembly.Instance, Object.keys(instance.exports).join());
      console.log(drive(instance.exports, 'run', 5), drive(instance.exports, 'run', 6));
    `);
    const {trace, code, err} = await runBoth([file]);
    const read = readTrace(trace);
    if (refused.test(err)) return;  // with and without the tracer
    assert.equal(code, 0, err);
    assert.deepEqual(kindsOf(read, 0, ...kControls), [...kControls, ...kControls]);
    assert.equal(eventsOf(read, 0, 'InstanceMade').length, 1);
    assert.deepEqual(read.notes, []);
    assert.equal(read.modules.length, 1);
    assert.equal(read.exit.code, 0);
  });
}

test('the API looks untouched', async () => {
  const file = program('look.cjs', `
    const fs = require('fs');
    ${kHostSource}
    const bytes = fs.readFileSync(${JSON.stringify(wasm)});
    const show = (value) => console.log(value);
    for (const name of Reflect.ownKeys(WebAssembly)) {
      const {value, ...flags} = Object.getOwnPropertyDescriptor(WebAssembly, name);
      show([name, typeof value, value.name, value.length, flags]);
    }
    const compiled = new WebAssembly.Module(bytes);
    const instance = new WebAssembly.Instance(compiled, imports);
    show([compiled instanceof WebAssembly.Module, compiled.constructor === WebAssembly.Module,
          instance.constructor === WebAssembly.Instance, String(compiled), String(instance)]);
    show(WebAssembly.Module.exports(compiled));
    show(WebAssembly.Module.imports(compiled));
    show(WebAssembly.Module.customSections(compiled, 'name').length);
    show(WebAssembly.Module.customSections(compiled, 'asyncscope.module'));
    show(Object.getOwnPropertyNames(WebAssembly.Instance.prototype));
    show(Object.getOwnPropertyDescriptor(WebAssembly.Instance.prototype, 'exports').get.name);
    const e = instance.exports;
    show([e === instance.exports, Object.getPrototypeOf(e), Object.isFrozen(e)]);
    show(Object.entries(Object.getOwnPropertyDescriptors(e)).map(([name, d]) => [name, {...d,
      value: [typeof d.value, d.value.name, d.value.length]}]));
    // Genuine functions: they go into tables and imports.
    e.table.set(1, e.run);
    show([e.table.get(1).name, e.run === e.alias, e.table.get(0) === e.table.get(0)]);
    for (const bad of [() => WebAssembly.Module(bytes), () => WebAssembly.Instance(compiled),
                       () => new WebAssembly.Module(), () => new WebAssembly.Module('x'),
                       () => new WebAssembly.Instance(compiled), () => new WebAssembly.Instance({}),
                       () => new WebAssembly.Module(bytes.subarray(0, 40)),
                       () => WebAssembly.Module.exports(bytes),
                       () => WebAssembly.Instance.prototype.exports]) {
      try { show(bad()); } catch (error) { show([error.constructor.name, error.message]); }
    }
    show([process.eventNames(), Object.keys(process).includes('emit'), Error.stackTraceLimit,
          Error.prepareStackTrace, Object.keys(globalThis).includes('asyncscope')]);
    (async () => {
      for (const bad of [() => WebAssembly.instantiate(), () => WebAssembly.instantiate('x'),
                         () => WebAssembly.compile(bytes.subarray(0, 40)),
                         () => WebAssembly.instantiate(bytes),
                         () => WebAssembly.instantiate(compiled, {env: {}}),
                         () => WebAssembly.compileStreaming(new Response(bytes)),
                         () => WebAssembly.instantiateStreaming(7),
                         () => WebAssembly.instantiateStreaming(Promise.reject(new Error('no'))),
                         () => WebAssembly.compileStreaming(new Response(bytes.subarray(0, 40),
                             {headers: {'content-type': 'application/wasm'}}))]) {
        try { show(await bad()); } catch (error) { show([error.constructor.name, error.message]); }
      }
    })();
  `);
  const {code, err} = await runBoth([file]);
  assert.equal(code, 0, err);
});

test('a module of dynamic linking gets its own functions back', async () => {
  const shared = asyncified('shared', kYieldWat.replace(
      '(memory (export "memory") 1 4)', '(import "env" "table" (table 2 funcref)) (memory (export "memory") 1 4)')
      .replace('(table (export "table") 2 2 funcref)', '(export "table" (table 0))'));
  const file = program('shared.cjs', `
    ${kHostSource}
    imports.env.table = new WebAssembly.Table({initial: 2, element: 'anyfunc'});
    const bytes = require('fs').readFileSync(${JSON.stringify(shared)});
    const e = new WebAssembly.Instance(new WebAssembly.Module(bytes), imports).exports;
    console.log(e.table === imports.env.table, e.table.get(0) === e.run, Object.keys(e).join());
    console.log(drive(e, 'run', 1));
  `);
  const {trace, code, err} = await runBoth([file]);
  assert.equal(code, 0, err);
  assert.deepEqual(kindsOf(readTrace(trace), 0, ...kControls), kControls);
});

test('64-bit memory', async () => {
  const wide = asyncified('wide', kYieldWat
      .replace('(memory (export "memory") 1 4)', '(memory (export "memory") i64 1 4)')
      .replace('(func $grow (export "grow") (result i32) (memory.grow (i32.const 1)))',
               '(func $grow (export "grow") (result i64) (memory.grow (i64.const 1)))'),
      ['-O1', '--enable-memory64'], true);
  const file = program('wide.cjs', `
    const bytes = require('fs').readFileSync(${JSON.stringify(wide)});
    let rewinding = false;
    const e = new WebAssembly.Instance(new WebAssembly.Module(bytes), {env: {sleep() {
      if (rewinding) return e.asyncify_stop_rewind();
      const words = new BigUint64Array(e.memory.buffer);
      words[2] = 32n; words[3] = 4096n;
      e.asyncify_start_unwind(16n);
    }}}).exports;
    e.run(3);
    e.asyncify_stop_unwind();
    rewinding = true;
    e.asyncify_start_rewind(16n);
    console.log(e.run(3));
  `);
  const {trace, code, err} = await runBoth(['--experimental-wasm-memory64', file]);
  assert.equal(code, 0, err);
  const read = readTrace(trace);
  assert.deepEqual(kindsOf(read, 0, ...kControls), kControls);
  const [buffer] = eventsOf(read, 0, 'Buffer');
  assert.deepEqual([buffer.position, buffer.sp], [16, 4096]);
  assert.equal(eventsOf(read, 0, 'Snapshot')[0].position, 32);
});

test('a module without Asyncify goes to the engine as it came', async () => {
  const file = program('plain.cjs', `
    const bytes = require('fs').readFileSync(${JSON.stringify(plain)});
    console.log(new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports.f());
    WebAssembly.instantiate(bytes).then(({instance}) => console.log(instance.exports.f()));
  `);
  const {trace} = await runBoth([file]);
  const read = readTrace(trace);
  assert.deepEqual(read.modules, []);
  assert.equal(read.threads.size, 0);
  assert.deepEqual(read.notes, []);
});

test('what the rewriter cannot read is noted and left to the engine', async () => {
  const broken = fs.readFileSync(wasm).subarray(0, 200);
  const file = program('broken.cjs', `
    const bytes = Buffer.from(${JSON.stringify(broken.toString('hex'))}, 'hex');
    try { new WebAssembly.Module(bytes); } catch (error) { console.log(error.message); }
    WebAssembly.compile(bytes).catch((error) => console.log(error.message));
  `);
  const {trace} = await runBoth([file]);
  const read = readTrace(trace);
  assert.equal(read.notes.length, 2);
  assert.equal(read.notes[0].what, 'module not probed');
  assert.equal(read.notes[0].size, 200);
});

test('a probed module that the engine refuses gives way to the original', async () => {
  const bytes = fs.readFileSync(plain);
  const notes = [];
  const {patchWebAssembly} = await bundled('patch.mjs');
  const modules = {Module: WebAssembly.Module, Instance: WebAssembly.Instance};
  patchWebAssembly({
    // Node itself compiles a module of its own for Response: leave that one alone.
    rewrite: (given) => given.length === bytes.length ? Uint8Array.of(0, 97, 115, 109, 9) : null,
    describe: () => null,
    stress: null,
    prepare: (module, imports) => ({imports, driver: null}),
    adopt() {},
    exported: new WeakMap(),
    noteRefusal: (error, size) => notes.push(size),
  });
  assert.notEqual(WebAssembly.Module, modules.Module);
  const response = () => new Response(bytes, {headers: {'content-type': 'application/wasm'}});
  const instances = [
    new WebAssembly.Instance(new WebAssembly.Module(bytes)),
    (await WebAssembly.instantiate(bytes)).instance,
    new WebAssembly.Instance(await WebAssembly.compile(bytes)),
    (await WebAssembly.instantiateStreaming(response())).instance,
    new WebAssembly.Instance(await WebAssembly.compileStreaming(response())),
  ];
  for (const instance of instances) assert.equal(instance.exports.f(), 7);
  assert.deepEqual(notes, Array(5).fill(bytes.length));
  // Errors are about the program's own bytes.
  const broken = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 77, 1);
  const own = new WebAssembly.Module(bytes) && (() => {
    try { new modules.Module(broken); } catch (error) { return error.message; }
  })();
  assert.throws(() => new WebAssembly.Module(broken), {message: own});
});

test('promises settle in the same order', async () => {
  const file = program('order.cjs', `
    const bytes = require('fs').readFileSync(${JSON.stringify(wasm)});
    ${kHostSource}
    const log = (name) => () => console.log(name);
    // One after the other: the engine compiles in the background, so that two at once may settle in
    // either order, traced or not.
    WebAssembly.instantiate(bytes, imports).then(log('bytes')).then(() => {
      WebAssembly.instantiate(bytes, {env: {sleep: 3}});
    });
    Promise.resolve().then(log('microtask'));
    process.nextTick(log('tick'));
    console.log('sync');
    process.on('unhandledRejection', (error) => console.log('unhandled', error.constructor.name));
  `);
  const {code} = await runBoth([file]);
  assert.equal(code, 0);
});
