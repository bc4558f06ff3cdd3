// What the runtime sees of the JavaScript around a module: suspending imports, the order of control
// calls, abort(), the end of the program. And that the program sees nothing of it.

import assert from 'node:assert/strict';
import {test} from 'node:test';

import {asyncified, eventsOf, kHostSource, kYieldWat, kindsOf, program, readTrace, runBoth} from
    './support.mjs';

const yieldModule = asyncified('border', kYieldWat);
// Functions of the module, imports first: sleep is 0.
const kSleep = 0;

let programs = 0;

// Runs `body` with `e`, the exports, and `bytes`; gives {run, trace}.
async function traced(body, options) {
  const file = program(`border${++programs}.mjs`, `
    import fs from 'node:fs';
    const bytes = fs.readFileSync(${JSON.stringify(yieldModule)});
    ${kHostSource}
    const {instance} = await WebAssembly.instantiate(bytes, imports);
    const e = instance.exports;
    ${body}`);
  const run = await runBoth([file], options);
  return {run, trace: readTrace(run.trace)};
}

test('an import is called as wasm calls it', async () => {
  await traced(`
    const seen = [];
    const other = await WebAssembly.instantiate(bytes, {env: {sleep: function() {
      seen.push(arguments.length, typeof arguments[0], typeof this);
    }}});
    other.instance.exports.run(1);
    console.log(seen.join());
  `);
});

test('the import object is read as the engine reads it', async () => {
  await traced(`
    const reads = [];
    const module = new WebAssembly.Module(bytes);
    const object = {get env() {
      reads.push('env');
      return {get sleep() { reads.push('sleep'); return () => {}; }};
    }};
    new WebAssembly.Instance(module, object);
    await WebAssembly.instantiate(module, object);
    await WebAssembly.instantiate(bytes, object);
    console.log(reads.join());
    for (const bad of [undefined, null, 1, {}, {env: 1}, {env: {}}, {env: {sleep: 1}}]) {
      try { new WebAssembly.Instance(module, bad); } catch (error) { console.log(String(error)); }
      await WebAssembly.instantiate(bytes, bad).catch((error) => console.log(String(error)));
    }
  `);
});

test('a function of another module stays what it is, with its type', async () => {
  await traced(`
    const module = new WebAssembly.Module(bytes);
    const plain = e.plain;   // (i32) -> i32, where the import is (i32) -> ()
    try { new WebAssembly.Instance(module, {env: {sleep: plain}}); console.log('linked'); }
    catch (error) { console.log(error.name); }
  `);
});

test('a healthy cycle has no event of the border', async () => {
  const {trace} = await traced(`for (let i = 0; i < 5; ++i) console.log(drive(e, 'run', i));`);
  const border = kindsOf(trace, 0).filter((kind) =>
    /^(Import|UnwindAgain|EnteredPast|RewindOnStack|Aborted|ResultDiffers|Glue)/.test(kind));
  assert.deepEqual(border, []);
});

test('an import entered while unwinding', async () => {
  const {trace} = await traced(`
    host.exports = e;
    e.run(4);
    e.run(5);
    console.log('done');
  `);
  const [entered] = eventsOf(trace, 0, 'ImportEntered');
  assert.equal(entered.function, kSleep);
  assert.equal(entered.detail, 1);
});

test('an import that leaves the rewind as it is, by a return or a throw', async () => {
  for (const [text, how] of [['return', 2], ['throw new Error("no")', 3]]) {
    const {trace} = await traced(`
      let first = true;
      const other = (await WebAssembly.instantiate(bytes, {env: {sleep(ms) {
        if (!first) ${text};
        first = false;
        const words = new Uint32Array(other.memory.buffer);
        words[4] = 32; words[5] = 4096;
        other.asyncify_start_unwind(16);
      }}})).instance.exports;
      other.run(1);
      other.asyncify_stop_unwind();
      other.asyncify_start_rewind(16);
      try { other.run(1); } catch (error) { console.log(error.message); }
    `);
    const [left] = eventsOf(trace, 0, 'ImportLeft');
    assert.deepEqual([left.function, left.detail, left.position, left.sp], [kSleep, how, 2, 2]);
  }
});

test('which import started a second unwind', async () => {
  for (const nested of [true, false]) {
    const {trace} = await traced(`
      let depth = 0;
      const start = (x) => {
        const words = new Uint32Array(x.memory.buffer);
        words[4] = 32; words[5] = 4096;
        x.asyncify_start_unwind(16);
      };
      const other = (await WebAssembly.instantiate(bytes, {env: {sleep(ms) {
        if (++depth === 1 && ${nested}) other.run(2);
        start(other);
      }}})).instance.exports;
      other.run(1);
      if (!${nested}) other.run(3);
      console.log(depth);
    `);
    const [again] = eventsOf(trace, 0, 'UnwindAgain');
    assert.deepEqual([again.function, again.detail], [kSleep, nested ? 1 : 0]);
  }
});

test('wasm on the stack when a rewind starts, and none when wasm was entered', async () => {
  const {trace} = await traced(`
    const table = e.table;
    host.exports = e;
    table.get(0)(1);                 // past the exports
    e.asyncify_stop_unwind();
    host.state = 'normal';
    const other = (await WebAssembly.instantiate(bytes, {env: {sleep(ms) {
      if (ms !== 7) return;
      const words = new Uint32Array(other.memory.buffer);
      words[4] = 32; words[5] = 4096;
      other.asyncify_start_rewind(16);
      other.asyncify_stop_rewind();
    }}})).instance.exports;
    other.run(7);
    console.log('done');
  `);
  assert.equal(eventsOf(trace, 0, 'EnteredPast').length, 1);
  const [onStack] = eventsOf(trace, 0, 'RewindOnStack');
  assert.equal(onStack.instance, 1);
  assert.match(String(onStack.payload), /wasm-function/);
});

test('abort() is an error of the engine that JavaScript made', async () => {
  const {trace} = await traced(`
    const error = new WebAssembly.RuntimeError('Aborted(out of luck)');
    class Mine extends WebAssembly.RuntimeError {}
    console.log(error instanceof WebAssembly.RuntimeError, error.constructor === WebAssembly.RuntimeError,
                new Mine('x') instanceof Mine, WebAssembly.RuntimeError.name, WebAssembly.RuntimeError.length);
  `);
  const aborted = eventsOf(trace, 0, 'Aborted');
  assert.match(String(aborted[0].payload), /^RuntimeError: Aborted\(out of luck\)\n/);
});

test('whether the program ended by itself', async () => {
  for (const [text, idle] of [
    ['', true],
    ['setTimeout(() => {}, 1);', true],
    ['process.exit(0);', false],
    ['process.once("beforeExit", () => setTimeout(() => process.exit(3), 1));', false],
    ['throw new Error("no");', false],
    ['await new Promise(() => {});', true],
  ]) {
    const {trace} = await traced(text);
    assert.equal(trace.exit.idle, idle, text);
  }
});
