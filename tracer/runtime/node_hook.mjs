// What `node --require` loads into every process and every worker thread of a traced program.
//
//   ASYNCSCOPE_TRACE   path of the trace file; without it nothing happens
//   ASYNCSCOPE_RING    bytes of each thread's ring, 16 MiB when not set
//   ASYNCSCOPE_STRESS  where suspends are to be forced (stress_schedule.mjs); nowhere when not set
//   ASYNCSCOPE_GLOBALS  globals that must not change under a suspended call (declared.mjs)
//
// No listener is added to `process`, no handle is opened, and no thread of Node is started. The file
// is written by recorder.node (addon/recorder.h).

import fs from 'node:fs';
import path from 'node:path';
import os from 'node:os';
import workerThreads from 'node:worker_threads';
import {parseDeclared} from './declared.mjs';
import {watchExit} from './node_exit.mjs';
import {findGlue} from './node_glue.mjs';
import {patchWebAssembly} from './patch.mjs';
import {parseSchedule} from './stress_schedule.mjs';
import {Tracer} from './tracer.mjs';

const kDefaultRingBytes = 16 << 20;
const kBadSetting = 2;  // exit code, as for any mistake in how asyncscope is called

function runInfo() {
  const environment = {};
  for (const name of ['NODE_OPTIONS', 'ASYNCSCOPE_RING', 'ASYNCSCOPE_STRESS', 'ASYNCSCOPE_GLOBALS',
                      'UV_THREADPOOL_SIZE']) {
    if (process.env[name] !== undefined) environment[name] = process.env[name];
  }
  if (process.execArgv.length > 0) environment['execArgv'] = JSON.stringify(process.execArgv);
  environment['v8'] = process.versions.v8;
  return {
    argv: [process.execPath, ...process.execArgv, ...process.argv.slice(1)],
    cwd: process.cwd(),
    runtime: 'node',
    runtimeVersion: process.version,
    platform: `${process.platform} ${process.arch}`,
    pid: process.pid,
    start: new Date().toISOString(),
    asyncscope: kAsyncscopeVersion,
    environment,
  };
}

// The addon; shared by all threads of the process.
function loadRecorder() {
  const holder = {exports: {}};
  process.dlopen(holder, path.join(__dirname, 'recorder.node'), os.constants.dlopen.RTLD_LAZY);
  return holder.exports;
}

// What was asked for in the variable; null: nothing was. A program that was to be stressed must not
// run, and pass, without: a bad setting ends it.
function readSetting(variable, parse) {
  const text = process.env[variable];
  if (!text) return null;
  try {
    return parse(text);
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exit(kBadSetting);
  }
}

function startTracing() {
  const stress = readSetting('ASYNCSCOPE_STRESS', parseSchedule);
  const declared = readSetting('ASYNCSCOPE_GLOBALS', parseDeclared) ?? [];
  const recorder = loadRecorder();
  recorder.open(process.env.ASYNCSCOPE_TRACE, JSON.stringify(runInfo()));
  const thread = workerThreads.threadId;
  const read = (name) => fs.readFileSync(path.join(__dirname, name));
  const tracer = new Tracer({
    thread,
    ringBytes: Number(process.env.ASYNCSCOPE_RING) || kDefaultRingBytes,
    loadCore: () => read('core.wasm'),
    loadRingWriter: () => read('ring_writer.wasm'),
    openRing: (bytes) => recorder.addRing(thread, bytes),
    shareRing: true,
    drain: () => recorder.drain(thread),
    published: (waiting, capacity) => {
      if (waiting > capacity / 2) recorder.drain(thread);
    },
    writeChunk: (type, bytes) => recorder.writeChunk(type, thread, bytes),
    stress,
    declared,
    findGlue,
  });
  patchWebAssembly(tracer);
  Object.defineProperty(globalThis, 'asyncscope', {
    value: Object.freeze({
      registerPosition: (memory, pointer) => tracer.registerPosition(memory, pointer),
    }),
    configurable: true,
  });
  if (workerThreads.isMainThread) watchExit(recorder, thread, (idle) => tracer.ended(idle));
}

if (process.env.ASYNCSCOPE_TRACE) {
  try {
    startTracing();
  } catch (error) {
    // A second recorder, no addons allowed, a read-only folder: the program runs, untraced.
    process.stderr.write(`${error.message}; this process is not recorded\n`);
  }
}
