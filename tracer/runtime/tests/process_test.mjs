// How programs end, and that each way leaves a trace; workers and child processes.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import {asyncified, eventsOf, folder, hook, kControls, kHostSource, kindsOf, kYieldWat, program,
        readTrace, runBoth, runNode} from './support.mjs';

const wasm = asyncified('yield', kYieldWat);
const prelude = `
  const fs = require('fs');
  ${kHostSource}
  const bytes = fs.readFileSync(${JSON.stringify(wasm)});
  const e = new WebAssembly.Instance(new WebAssembly.Module(bytes), imports).exports;
`;

async function ended(body) {
  const run = await runBoth([program('ended.cjs', prelude + body)]);
  return {...run, trace: readTrace(run.trace)};
}

test('an uncaught trap', async () => {
  const {trace, code, err} = await ended(`console.log('before'); drive(e, 'trap', 1);`);
  assert.equal(code, 1);
  assert.match(err, /RuntimeError: unreachable/);
  assert.equal(trace.exit.code, 1);
  assert.equal(trace.exit.error.name, 'RuntimeError');
  assert.equal(trace.exit.error.message, 'unreachable');
  assert.equal(eventsOf(trace, 0, 'ExportThrew').length, 1);
});

test('an uncaught error of another kind, and a rejection', async () => {
  const thrown = await ended(`drive(e, 'run', 1); throw new RangeError('too much');`);
  assert.equal(thrown.trace.exit.error.name, 'RangeError');
  const rejected = await ended(`drive(e, 'run', 1); Promise.reject(new Error('late'));`);
  assert.equal(rejected.trace.exit.error.message, 'late');
  assert.equal(rejected.trace.exit.code, 1);
});

test('an error that the program handles is not what ended it', async () => {
  const {trace, code} = await ended(`
    process.on('uncaughtException', (error) => console.log('handled', error.message));
    setTimeout(() => { throw new Error('one'); }, 1);
    setTimeout(() => console.log(drive(e, 'run', 1)), 5);
  `);
  assert.equal(code, 0);
  assert.equal(trace.exit.error, undefined);
});

test('process.exit in the middle of an unwind', async () => {
  const {trace, code} = await ended(`host.exports = e; e.run(1); process.exit(42);`);
  assert.equal(code, 42);
  assert.equal(trace.exit.code, 42);
  assert.deepEqual(kindsOf(trace, 0, ...kControls), ['StartUnwind']);
});

test('process.exit from inside an import, and in an exit listener', async () => {
  const inside = await ended(`
    const other = new WebAssembly.Instance(new WebAssembly.Module(bytes),
                                           {env: {sleep: () => process.exit(3)}}).exports;
    other.run(1);
  `);
  assert.equal(inside.trace.exit.code, 3);
  const listener = await ended(`
    process.on('exit', () => { console.log(drive(e, 'run', 1)); process.exitCode = 9; });
    console.log(process.listenerCount('exit'));
  `);
  assert.equal(listener.trace.exit.code, 9);
  assert.deepEqual(kindsOf(listener.trace, 0, ...kControls), kControls);
});

test('process.reallyExit', async () => {
  const {trace, code} = await ended(`drive(e, 'run', 1); process.reallyExit(5);`);
  assert.equal(code, 5);
  assert.deepEqual(kindsOf(trace, 0, ...kControls), kControls);
});

test('process.abort and a kill of itself', async () => {
  const aborted = await ended(`drive(e, 'run', 1); process.abort();`);
  assert.equal(aborted.signal, 'SIGABRT');
  assert.equal(aborted.trace.exit.signal, 'SIGABRT');
  assert.deepEqual(kindsOf(aborted.trace, 0, ...kControls), kControls);
  const killed = await ended(`drive(e, 'run', 1); process.kill(process.pid, 'SIGKILL');`);
  assert.equal(killed.signal, 'SIGKILL');
  assert.deepEqual(kindsOf(killed.trace, 0, ...kControls), kControls);
});

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']) {
  test(`${signal} while suspended and idle`, async () => {
    const file = program('idle.cjs', `${prelude}
      host.exports = e;
      e.run(1);
      e.asyncify_stop_unwind();
      console.log('ready');
      setTimeout(() => {}, 60000);
    `);
    const run = await runNode([file], {onOutput: (child) => child.kill(signal)});
    assert.equal(run.signal, signal);
    const trace = readTrace(run.trace);
    assert.equal(trace.exit.signal, signal);
    assert.deepEqual(kindsOf(trace, 0, ...kControls), ['StartUnwind', 'StopUnwind']);
  });
}

test('SIGTERM while stuck in WebAssembly', async () => {
  const file = program('stuck.cjs', `${prelude}
    drive(e, 'run', 1);
    fs.writeSync(1, 'ready');
    e.spin();
  `);
  const run = await runNode([file], {onOutput: (child) => child.kill('SIGTERM')});
  assert.equal(run.signal, 'SIGTERM');
  const trace = readTrace(run.trace);
  assert.equal(trace.exit.signal, 'SIGTERM');
  assert.deepEqual(kindsOf(trace, 0, ...kControls), kControls);
});

test('SIGTERM while cycles run at full speed', async () => {
  const file = program('busy.cjs', `${prelude}
    for (let i = 0;; ++i) {
      drive(e, 'run', i);
      if (i === 1000) fs.writeSync(1, 'ready');
    }
  `);
  const run = await runNode([file], {onOutput: (child) => child.kill('SIGTERM')});
  assert.equal(run.signal, 'SIGTERM');
  const trace = readTrace(run.trace);
  assert.equal(trace.exit.signal, 'SIGTERM');
  assert.ok(eventsOf(trace, 0, 'StopRewind').length >= 1000);
  assert.equal(trace.lost.get(0), 0);
});

test('kill -9 leaves all but the last moments', async () => {
  const file = program('killed.cjs', `${prelude}
    for (let i = 0; i < 100; ++i) drive(e, 'run', i);
    setTimeout(() => { fs.writeSync(1, 'ready'); e.spin(); }, 300);
  `);
  const run = await runNode([file], {onOutput: (child) => child.kill('SIGKILL')});
  assert.equal(run.signal, 'SIGKILL');
  const trace = readTrace(run.trace);
  assert.equal(trace.exit, undefined);
  assert.equal(eventsOf(trace, 0, 'StopRewind').length, 100);
});

test('a program that listens for a signal keeps doing so, and one that stops dies', async () => {
  const listening = program('listening.cjs', `${prelude}
    process.on('SIGTERM', () => {
      console.log('asked to end', process.listenerCount('SIGTERM'), drive(e, 'run', 1));
      process.exit(7);
    });
    console.log('ready');
    setTimeout(() => {}, 60000);
  `);
  const once = {onOutput: (child, text) => text === 'ready\n' && child.kill('SIGTERM')};
  const run = await runBoth([listening], once);
  assert.equal(run.code, 7);
  assert.equal(readTrace(run.trace).exit.code, 7);

  const stopped = program('stopped.cjs', `${prelude}
    const listener = () => {};
    process.on('SIGTERM', listener);
    process.off('SIGTERM', listener);
    drive(e, 'run', 1);
    setTimeout(() => console.log('ready'), 300);
    setTimeout(() => {}, 60000);
  `);
  const second = await runBoth([stopped], once);
  assert.equal(second.signal, 'SIGTERM');
  assert.equal(readTrace(second.trace).exit.signal, 'SIGTERM');
});

test('a program without WebAssembly', async () => {
  const {trace, code} = await runBoth([program('none.cjs', `process.exitCode = 4;`)]);
  const read = readTrace(trace);
  assert.equal(code, 4);
  assert.equal(read.run.runtime, 'node');
  assert.equal(read.exit.code, 4);
  assert.deepEqual(read.modules, []);
});

test('worker threads: a module of its own, and one that was sent', async () => {
  const worker = program('worker.cjs', `
    const {parentPort, workerData, threadId} = require('worker_threads');
    const fs = require('fs');
    ${kHostSource}
    const bytes = fs.readFileSync(${JSON.stringify(wasm)});
    const own = new WebAssembly.Instance(new WebAssembly.Module(bytes), imports).exports;
    const sent = new WebAssembly.Instance(workerData, imports).exports;
    parentPort.postMessage([threadId, WebAssembly.Module.exports(workerData).length,
                            drive(own, 'run', 1), drive(sent, 'run', 2)]);
  `);
  const main = program('main.cjs', `
    const {Worker} = require('worker_threads');
    const fs = require('fs');
    const workerData = new WebAssembly.Module(fs.readFileSync(${JSON.stringify(wasm)}));
    (async () => {
      for (const end of ['self', 'terminate']) {
        const worker = new Worker(${JSON.stringify(worker)}, {workerData});
        const [message] = await require('events').once(worker, 'message');
        console.log(message.join());
        if (end === 'terminate') await worker.terminate();
        else await require('events').once(worker, 'exit');
      }
    })();
  `);
  const {trace, code, err} = await runBoth([main]);
  assert.equal(code, 0, err);
  const read = readTrace(trace);
  for (const thread of [1, 2]) {
    assert.deepEqual(kindsOf(read, thread, ...kControls), [...kControls, ...kControls]);
    assert.deepEqual(eventsOf(read, thread, 'InstanceMade').map(({detail}) => detail), [0, 1]);
    assert.equal(read.modules.filter((module) => module.thread === thread).length, 2);
  }
});

test('child processes have traces of their own', async () => {
  const child = program('child.cjs', `${prelude} console.log(drive(e, 'run', 1)); process.exit(6);`);
  const parent = program('parent.cjs', `
    const {spawnSync} = require('child_process');
    for (let i = 0; i < 2; ++i) {
      const {status, stdout} = spawnSync(process.execPath, [${JSON.stringify(child)}]);
      console.log(status, String(stdout));
    }
  `);
  const {trace} = await runBoth([parent]);
  assert.equal(readTrace(trace).exit.code, 0);
  const others = fs.readdirSync(folder).filter((name) => name.startsWith(`${path.basename(trace)}.`));
  assert.equal(others.length, 2);
  for (const name of others) {
    const read = readTrace(path.join(folder, name));
    assert.equal(read.exit.code, 6);
    assert.equal(name.split('.').at(-1), String(read.run.pid));
    assert.deepEqual(kindsOf(read, 0, ...kControls), kControls);
  }
});

test('where nothing can be recorded the program runs all the same', async () => {
  const file = program('unwritable.cjs', `${prelude} console.log(drive(e, 'run', 1));`);
  const env = {ASYNCSCOPE_TRACE: '/nonexistent/run.atrace', NODE_OPTIONS: `--require ${hook}`};
  const run = await runNode([file], {traced: false, env});
  assert.equal(run.code, 0);
  assert.equal(run.out, '1105\n');
  assert.match(run.err, /asyncscope: cannot create .*not recorded/);
  const restricted = await runNode(['--no-addons', file], {traced: true});
  assert.equal(restricted.out, '1105\n');
  assert.match(restricted.err, /not recorded/);
});

test('a program that has no rights to make code from text', async () => {
  const {trace, code} = await runBoth(
      ['--disallow-code-generation-from-strings',
       program('strict.cjs', `${prelude} console.log(drive(e, 'run', 1));`)]);
  assert.equal(code, 0);
  assert.deepEqual(kindsOf(readTrace(trace), 0, ...kControls), kControls);
});
