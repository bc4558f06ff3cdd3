// Forced suspends: the program does not notice, and the trace tells them as it tells all others.

import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import test from 'node:test';
import {asyncified, bundled, eventsOf, kControls, kHostSource, kindsOf, kYieldWat, program, readTrace,
        runNode} from './support.mjs';

const {parseSchedule} = await bundled('stress_schedule.mjs');

const quiet = asyncified('quiet', kYieldWat);
const load = (file) => `
  import fs from 'node:fs';
  const bytes = fs.readFileSync(${JSON.stringify(file)});
`;
// A host that never suspends.
const kQuietHost = `${load(quiet)}
  let calls = 0;
  const imports = {env: {sleep: (n) => { calls += n; }}};
  const {instance: {exports: e}} = await WebAssembly.instantiate(bytes, imports);
`;

const counts = (trace) => JSON.parse(eventsOf(trace, 0, 'StressEnded')[0].payload);

// Runs the program with no suspend and with those of the schedule: output, exit code and all of memory must
// be the same. Gives the trace of the second.
async function stressed(name, text, schedule, words = []) {
  const file = program(`${name}.mjs`, text);
  const none = await runNode([...words, file], {env: {ASYNCSCOPE_STRESS: 'none'}});
  const run = await runNode([...words, file], {env: {ASYNCSCOPE_STRESS: schedule}});
  assert.equal(none.code, 0, none.err);
  assert.equal(run.code, 0, run.err);
  assert.equal(run.out, none.out);
  const trace = readTrace(run.trace);
  assert.deepEqual(counts(trace).memories, counts(readTrace(none.trace)).memories);
  return {...run, trace};
}

test('a round trip, event by event', async () => {
  const {trace, out} = await stressed('one', `${kQuietHost} console.log(e.run(2), calls);`, 'every');
  assert.equal(out, '1109 2\n');
  assert.deepEqual(kindsOf(trace, 0), [
    'InstanceMade', 'ForcedSuspend', 'StartUnwind', 'Buffer', 'Stack', 'UnwindSaved', 'UnwindSaved',
    'UnwindSaved', 'StopUnwind', 'MemoryUntouched', 'Snapshot', 'StartRewind', 'RewindEntered',
    'RewindEntered', 'RewindEntered', 'StopRewind', 'MemoryUntouched', 'StressEnded']);
  const [forced] = eventsOf(trace, 0, 'ForcedSuspend');
  assert.deepEqual([forced.function, forced.detail, forced.position, forced.sp], [0, 1, 0, 0]);
  const lines = String(eventsOf(trace, 0, 'Stack')[0].payload).split('\n');
  assert.deepEqual(lines.map((line) => line.trim().split(' ')[1]).slice(0, 4),
                   ['asyncscope.drive', 'inner', 'middle', 'run']);
  assert.ok(!lines.some((line) => line.includes('node-hook')), lines.join('\n'));
});

test('exports and imports of every number of parameters and type', async () => {
  const types = ['i32', 'i64', 'f32', 'f64'];
  const params = (n) => Array.from({length: n}, (_, i) => types[i % 4]).join(' ');
  const gets = (n) => Array.from({length: n}, (_, i) => `(local.get ${i})`).join(' ');
  const functions = Array.from({length: 7}, (_, n) => `
    (func (export "run${n}") (param ${params(n)}) (result ${types[n % 4]}) (call $take${n} ${gets(n)}))`);
  const imported = Array.from({length: 7}, (_, n) => `
    (import "env" "take${n}" (func $take${n} (param ${params(n)}) (result ${types[n % 4]})))`);
  const many = asyncified('many', `(module ${imported.join('')} (memory (export "memory") 1)
    ${functions.join('')})`, ['-O1', `--pass-arg=asyncify-imports@env.*`]);
  const {trace} = await stressed('many', `${load(many)}
    const env = {};
    const wide = (i) => i % 4 === 1;
    for (let n = 0; n < 7; ++n) {
      env['take' + n] = (...args) => {
        const sum = args.reduce((all, each) => all + Number(each), n);
        return wide(n) ? BigInt(sum) : sum;
      };
    }
    const {instance: {exports: e}} = await WebAssembly.instantiate(bytes, {env});
    for (let n = 0; n < 7; ++n) {
      const args = Array.from({length: n}, (_, i) => wide(i) ? BigInt(i + 1) : i + 1);
      console.log(e['run' + n](...args), e['run' + n].length);
    }`, 'every');
  assert.equal(counts(trace).trips, 7);
});

test('schedules choose by number', async () => {
  const body = `${kQuietHost} for (let i = 0; i < 20; ++i) e.run(i); console.log(calls);`;
  const chosen = async (schedule) => {
    const {trace} = await stressed('choose', body, schedule);
    assert.equal(counts(trace).opportunities, 20);
    const numbers = eventsOf(trace, 0, 'ForcedSuspend').map(({detail}) => detail);
    assert.equal(counts(trace).trips, numbers.length);
    return numbers;
  };
  assert.deepEqual(await chosen('nth:7'), [7, 14]);
  assert.deepEqual(await chosen('window:3-5'), [3, 4, 5]);
  assert.deepEqual(await chosen('list:20,1,7-8'), [1, 7, 8, 20]);
  assert.deepEqual(await chosen('list:4+times=3'), [4, 4, 4]);
  assert.deepEqual(await chosen('random:1:0.5'), await chosen('random:1:0.5'));
  assert.notDeepEqual(await chosen('random:1:0.5'), await chosen('random:2:0.5'));
});

test('the program\'s own suspends are kept, beside the forced ones', async () => {
  const {trace} = await stressed('own', `${load(quiet)} ${kHostSource}
    const {instance: {exports: e}} = await WebAssembly.instantiate(bytes, imports);
    console.log(drive(e, 'run', 5), drive(e, 'run', 6));`, 'every+times=2');
  assert.equal(eventsOf(trace, 0, 'ForcedSuspend').length, 4);
  assert.equal(eventsOf(trace, 0, 'StopRewind').length, 6);
});

test('every way to make an instance', async () => {
  const {trace} = await stressed('ways', `${load(quiet)}
    let calls = 0;
    const imports = {env: {sleep: (n) => { calls += n; }}};
    const module = await WebAssembly.compile(bytes);
    const response = () => new Response(bytes, {headers: {'Content-Type': 'application/wasm'}});
    const instances = [
      new WebAssembly.Instance(new WebAssembly.Module(bytes), imports),
      await WebAssembly.instantiate(module, imports),
      (await WebAssembly.instantiate(bytes, imports)).instance,
      (await WebAssembly.instantiateStreaming(response(), imports)).instance,
      await WebAssembly.instantiate(await WebAssembly.compileStreaming(response()), imports),
    ];
    for (const {exports} of instances) console.log(exports.run(1));
    await WebAssembly.instantiate(module, {}).catch((error) => console.log(error.name));
    try { new WebAssembly.Instance(module); } catch (error) { console.log(error.name); }`, 'every');
  assert.equal(eventsOf(trace, 0, 'ForcedSuspend').length, 5);
});

// visit(n) is called by JavaScript that visit's caller called.
const sandwich = asyncified('sandwich', `(module
  (import "env" "sleep" (func $sleep (param i32)))
  (import "env" "each" (func $each (param i32) (result i32)))
  (import "env" "invoke_ii" (func $invoke_ii (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (table (export "table") 1 1 funcref) (elem (i32.const 0) $visit)
  (func $visit (export "visit") (export "dynCall_ii") (param i32) (result i32)
    (call $sleep (i32.const 1)) (i32.add (local.get 0) (i32.const 10)))
  (func (export "throughScript") (param i32) (result i32)
    (i32.add (call $each (local.get 0)) (i32.const 100)))
  (func (export "throughInvoke") (param i32) (result i32)
    (i32.add (call $invoke_ii (i32.const 0) (local.get 0)) (i32.const 100))))`,
  ['-O1', '--pass-arg=asyncify-imports@env.sleep,env.each,env.invoke_ii']);
const kSandwichHost = `${load(sandwich)}
  let scripts = 0;
  let e;
  const imports = {env: {
    sleep() {},
    each(n) { ++scripts; return e.visit(n) + e.visit(n); },
    invoke_ii(index, n) { ++scripts; return e.dynCall_ii(n); },
  }};
  e = (await WebAssembly.instantiate(bytes, imports)).instance.exports;
`;

test('JavaScript that cannot be replayed is left alone: the trip turns round below it', async () => {
  const {trace, out} = await stressed('script', `${kSandwichHost}
    console.log(e.throughScript(1), scripts);`, 'list:2-3');
  assert.equal(out, '122 1\n');
  const forced = eventsOf(trace, 0, 'ForcedSuspend');
  assert.deepEqual(forced.map(({detail, sp}) => [detail, sp]), [[2, 1], [3, 1]]);
  assert.equal(eventsOf(trace, 0, 'UnwindSaved').length, 2);
  const lines = String(eventsOf(trace, 0, 'Stack')[0].payload).split('\n');
  assert.deepEqual(lines.map((line) => line.trim().split(' ')[1]), ['asyncscope.drive', 'visit'],
                   'what called the export is no part of the cycle');
});

test('a JavaScript function in the table, which no import tells of, is left alone', async () => {
  const callback = asyncified('callback', `(module
    (import "env" "sleep" (func $sleep (param i32)))
    (memory (export "memory") 1)
    (type $visitor (func (param i32) (result i32)))
    (table (export "table") 2 2 funcref)
    (func (export "leaf") (type $visitor) (call $sleep (i32.const 1)) (local.get 0))
    (func (export "run") (type $visitor) (call_indirect (type $visitor) (local.get 0) (i32.const 0))))`);
  const {trace, out} = await stressed('callback', `${load(callback)}
    let visits = 0;
    const {instance: {exports: e}} = await WebAssembly.instantiate(bytes, {env: {sleep() {}}});
    // As Emscripten's addFunction makes them: a module around a function of JavaScript.
    const passThrough = new WebAssembly.Module(new Uint8Array([
      0, 97, 115, 109, 1, 0, 0, 0, 1, 6, 1, 96, 1, 127, 1, 127, 2, 7, 1, 1, 101, 1, 102, 0, 0, 7, 5, 1, 1, 102, 0, 0]));
    const visit = (n) => { ++visits; return e.leaf(n); };
    e.table.set(0, new WebAssembly.Instance(passThrough, {e: {f: visit}}).exports.f);
    console.log(e.run(5), visits);`, 'every');
  assert.equal(out, '5 1\n');
  assert.deepEqual(counts(trace).left.map(({obstacle}) => obstacle), [5]);
});

test('invoke_* is replayed, as a real suspend replays it', async () => {
  const {trace, out} = await stressed('invoke', `${kSandwichHost}
    console.log(e.throughInvoke(1)); `, 'every');
  assert.equal(out, '111\n');
  assert.deepEqual(eventsOf(trace, 0, 'ForcedSuspend').map(({sp}) => sp), [0]);
  assert.equal(eventsOf(trace, 0, 'UnwindSaved').length, 2);
});

test('a stack far larger than what is saved at first, and memory that grows between', async () => {
  const deep = asyncified('deepest', `(module
    (import "env" "sleep" (func $sleep))
    (memory (export "memory") 4 16)
    (func $descend (export "descend") (param i32) (result i32)
      (local i64 i64)
      (local.set 1 (i64.extend_i32_u (local.get 0)))
      (local.set 2 (i64.mul (local.get 1) (local.get 1)))
      (if (i32.eqz (local.get 0)) (then (call $sleep) (return (i32.const 0))))
      (i32.add (call $descend (i32.sub (local.get 0) (i32.const 1)))
               (i32.wrap_i64 (i64.add (local.get 1) (local.get 2)))))
    (func (export "fill") (local i32)
      (loop (i32.store8 (local.get 0) (i32.mul (local.get 0) (i32.const 7)))
        (local.set 0 (i32.add (local.get 0) (i32.const 1)))
        (br_if 0 (i32.lt_u (local.get 0) (i32.shl (memory.size) (i32.const 16)))))))`);
  const {trace} = await stressed('deepest', `${load(deep)}
    const {instance: {exports: e}} = await WebAssembly.instantiate(bytes, {env: {sleep() {}}});
    e.fill();
    for (const depth of [3, 2000, 5, 500]) console.log(e.descend(depth));
    e.memory.grow(2);
    e.fill();
    for (const depth of [700, 1]) console.log(e.descend(depth));`, 'every');
  assert.equal(counts(trace).trips, 6);
});

test('64-bit memory', async () => {
  const wide = asyncified('wide', `(module
    (import "env" "sleep" (func $sleep (param i64) (result i64)))
    (memory (export "memory") i64 1)
    (func (export "run") (param i64) (result i64)
      (i64.add (call $sleep (local.get 0)) (local.get 0))))`, ['-O1', '--all-features', '--disable-compact-imports'], true);
  await stressed('wide', `${load(wide)}
    const {instance: {exports: e}} = await WebAssembly.instantiate(
      bytes, {env: {sleep: (n) => n * 2n}});
    console.log(e.run(1n << 40n));`, 'every+times=2', ['--experimental-wasm-memory64']);
});

test('what cannot be forced is counted, with the reason', async () => {
  const {trace} = await stressed('table', `${kQuietHost}
    for (let i = 0; i < 3; ++i) console.log(e.table.get(0)(i));`, 'every');
  assert.equal(eventsOf(trace, 0, 'OpportunityLeft').length, 1);
  assert.deepEqual(counts(trace).left, [{instance: 0, import: 0, obstacle: 3, count: 3}]);
  assert.equal(counts(trace).trips, 0);
});

test('a trip that is lost is told, and the next call of the host begins anew', async () => {
  // `plain` is not instrumented and traps when it runs on during the unwind.
  const broken = asyncified('brittle', `(module
    (import "env" "sleep" (func $sleep (result i32)))
    (memory (export "memory") 1)
    (func $inner (result i32) (i32.add (call $sleep) (i32.const 1)))
    (func $plain (result i32)
      (if (i32.eqz (call $inner)) (then (unreachable))) (i32.const 5))
    (func (export "run") (result i32) (i32.add (call $plain) (i32.const 1))))`,
    ['-O0', '--pass-arg=asyncify-onlylist@inner']);
  const text = `${load(broken)}
    const {instance: {exports: e}} = await WebAssembly.instantiate(bytes, {env: {sleep: () => 1}});
    for (let i = 0; i < 3; ++i) try { console.log(e.run()); } catch (error) { console.log(error.message); }`;
  const {out, code, trace} = await runNode([program('brittle.mjs', text)],
                                           {env: {ASYNCSCOPE_STRESS: 'list:2'}});
  assert.equal(code, 0);
  assert.equal(out, '6\nunreachable\n6\n');
  const read = readTrace(trace);
  assert.deepEqual(kindsOf(read, 0, ...kControls), ['StartUnwind']);
  const [threw] = eventsOf(read, 0, 'ExportThrew');
  assert.equal(threw.position, 1, 'it left while unwinding');
  assert.equal(counts(read).lost, 1);
});

// One of two branches, each with a call of its own to the import.
test('sites on the stack choose: only there, and everywhere but there', async () => {
  const forked = asyncified('branches', `(module
    (import "env" "sleep" (func $sleep (param i32)))
    (memory (export "memory") 1)
    (func $left (param i32) (call $sleep (local.get 0)))
    (func $right (param i32) (call $sleep (local.get 0)))
    (func (export "run") (param i32)
      (if (i32.and (local.get 0) (i32.const 1)) (then (call $left (local.get 0)))
        (else (call $right (local.get 0))))))`, []);
  const listing = execFileSync('wasm-objdump', ['-d', forked], {encoding: 'utf8'});
  const right = listing.slice(listing.search(/^[0-9a-f]+ func\[\d+\] <right>/m));
  const index = Number(/func\[(\d+)\] <right>/.exec(listing)[1]);
  const [, offset] = /^ ([0-9a-f]+):.*call 0 <\S*sleep>/m.exec(right);
  const body = `${load(forked)}
    const {instance: {exports: e}} = await WebAssembly.instantiate(bytes, {env: {sleep() {}}});
    for (let i = 1; i <= 8; ++i) e.run(i);`;
  const chosen = async (kind) => {
    const {trace} = await stressed('branches', body, `${kind}:${index}@0x${offset}`);
    return eventsOf(trace, 0, 'ForcedSuspend').map(({detail}) => detail);
  };
  assert.deepEqual(await chosen('sites'), [2, 4, 6, 8]);
  assert.deepEqual(await chosen('except'), [1, 3, 5, 7]);
});

test('the oracle is silent where nothing changes', async () => {
  const body = `${kQuietHost} for (let i = 0; i < 300; ++i) e.run(i);`;
  for (const [level, inFull] of [['on', 3], ['full', 300]]) {
    const {trace} = await stressed('silent', body, `every+oracle=${level}`);
    assert.deepEqual(counts(trace).oracle, {compared: 300, inFull, found: 0});
    const silent = eventsOf(trace, 0, 'OracleSilent');
    assert.equal(silent.length, 300);
    assert.equal(silent.filter(({detail}) => detail === 15).length, inFull);
    assert.equal(silent[0].position, 65536);
    assert.equal(eventsOf(trace, 0, 'OracleFound').length, 0);
  }
});

test('the oracle tells what a frame that runs on has changed, though the program ends well', async () => {
  // `plain` is not instrumented: while the stack unwinds it counts and moves a global, again.
  const counting = asyncified('counting', `(module
    (import "env" "sleep" (func $sleep))
    (memory (export "memory") 1)
    (global $turns (mut i32) (i32.const 0))
    (func $inner (call $sleep))
    (func $plain
      (call $inner)
      (i32.store (i32.const 4096) (i32.add (i32.load (i32.const 4096)) (i32.const 1)))
      (global.set $turns (i32.add (global.get $turns) (i32.const 1))))
    (func $run (export "run") (call $plain)))`, ['-O0', '--pass-arg=asyncify-onlylist@inner']);
  const {trace: file, code} = await runNode([program('counting.mjs', `${load(counting)}
    const {instance: {exports: e}} = await WebAssembly.instantiate(bytes, {env: {sleep() {}}});
    for (let i = 0; i < 5; ++i) e.run();`)], {env: {ASYNCSCOPE_STRESS: 'list:4+oracle=on'}});
  assert.equal(code, 0);
  const trace = readTrace(file);
  const [memory, global] = eventsOf(trace, 0, 'OracleFound').map(({payload}) => JSON.parse(payload));
  assert.equal(memory.what, 'memory');
  assert.equal(memory.state, 1);
  assert.equal(memory.address, 4096);
  assert.match(memory.before, /^03 00 /);
  assert.match(memory.after, /^04 00 /);
  assert.deepEqual(global, {what: 'global', index: 0, before: '3', after: '4'});
  assert.equal(counts(trace).oracle.found, 1);
});

test('a bad schedule ends the program before it runs', async () => {
  for (const text of ['often', 'nth:0', 'nth', 'every:1', 'list:3-1', 'window:1', 'random:1:2',
                      'every+times=0', 'every+loud', 'sites:3', 'sites:3@x', 'every+oracle=yes']) {
    assert.throws(() => parseSchedule(text), /^Error: ASYNCSCOPE_STRESS: /, text);
  }
  const run = await runNode([program('bad.mjs', `console.log('ran');`)],
                            {env: {ASYNCSCOPE_STRESS: 'often'}});
  assert.equal(run.code, 2);
  assert.equal(run.out, '');
  assert.match(run.err, /^ASYNCSCOPE_STRESS: 'often' is no schedule; there are every, /);
});
