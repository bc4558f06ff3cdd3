// What the tests share: modules made by wat2wasm and wasm-opt, programs run with and without the
// tracer, and a reader of traces.

import assert from 'node:assert/strict';
import {execFileSync, spawn} from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const here = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const source = process.env.ASYNCSCOPE_SOURCE_DIR ?? path.resolve(here, '../../..');
export const runtime = path.join(process.env.ASYNCSCOPE_BINARY_DIR ?? '', 'runtime');
export const hook = path.join(runtime, 'node-hook.cjs');
export const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'asyncscope-test-'));
process.on('exit', () => fs.rmSync(folder, {recursive: true, force: true}));

// The path of an asyncified module of that text; suspending import env.sleep.
// `newest`: by the wasm-opt of npm's binaryen instead of the system's.
export function asyncified(name, wat, options = ['-O1'], newest = false) {
  const plain = path.join(folder, `${name}.plain.wasm`);
  const file = path.join(folder, `${name}.wasm`);
  compile(name, wat, plain);
  const npm = path.join(source, 'node_modules/binaryen/bin/wasm-opt');
  const [command, ...first] = newest ? [process.execPath, npm] : ['wasm-opt'];
  execFileSync(command, [...first, '--asyncify', '--pass-arg=asyncify-imports@env.sleep', '-g',
                         ...options, plain, '-o', file]);
  return file;
}

export function compile(name, wat, file = path.join(folder, `${name}.wasm`)) {
  const text = path.join(folder, `${name}.wat`);
  fs.writeFileSync(text, wat);
  execFileSync('wat2wasm', ['--debug-names', '--enable-memory64', text, '-o', file]);
  return file;
}

// run(n) suspends in env.sleep two frames deeper; result 4·n + 1101.
export const kYieldWat = `(module
  (import "env" "sleep" (func $sleep (param i32)))
  (memory (export "memory") 1 4)
  (global $__stack_pointer (mut i32) (i32.const 65536))
  (table (export "table") 2 2 funcref) (elem (i32.const 0) $run $plain)
  (func $inner (param i32) (result i32)
    (local $x i32)
    (local.set $x (i32.mul (local.get 0) (i32.const 3)))
    (call $sleep (local.get 0))
    (i32.add (i32.add (local.get $x) (local.get 0)) (i32.const 1)))
  (func $middle (param i32) (result i32)
    (i32.add (call $inner (local.get 0)) (i32.const 100)))
  (func $run (export "run") (export "alias") (param i32) (result i32)
    (i32.add (call $middle (local.get 0)) (i32.const 1000)))
  (func $trap (export "trap") (param i32) (result i32)
    (drop (call $middle (local.get 0)))
    (unreachable))
  (func $plain (export "plain") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
  (func $spin (export "spin") (loop (br 0)))
  (func $grow (export "grow") (result i32) (memory.grow (i32.const 1))))`;

// An Asyncify host in a few lines: drive(exports, name, ...args) suspends and resumes at once.
export const kHostSource = `
  let host = {state: 'normal', exports: null, buffer: 16};
  function sleep() {
    const e = host.exports;
    if (host.state === 'rewinding') { e.asyncify_stop_rewind(); host.state = 'normal'; return; }
    const words = new Uint32Array(e.memory.buffer);
    words[host.buffer / 4] = host.buffer + 16; words[host.buffer / 4 + 1] = host.buffer + 4080;
    e.asyncify_start_unwind(host.buffer);
    host.state = 'unwinding';
  }
  function drive(e, name, ...args) {
    host.exports = e;
    let result = e[name](...args);
    while (host.state === 'unwinding') {
      e.asyncify_stop_unwind();
      host.state = 'rewinding';
      e.asyncify_start_rewind(host.buffer);
      result = e[name](...args);
    }
    return result;
  }
  const imports = {env: {sleep}};
`;

export function program(name, text) {
  const file = path.join(folder, name);
  fs.writeFileSync(file, text);
  return file;
}

let traces = 0;

// Runs node; {code, signal, out, err, trace} with the path of the trace. `onOutput(child, text)` is
// called as standard output comes in.
export function runNode(args, {traced = true, env = {}, onOutput} = {}) {
  const trace = path.join(folder, `run${++traces}.atrace`);
  const environment = {...process.env, ...env};
  delete environment.NODE_TEST_CONTEXT;
  if (traced) {
    environment.ASYNCSCOPE_TRACE = trace;
    environment.NODE_OPTIONS = `--require ${hook}`;
  }
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {env: environment, cwd: folder});
    let out = '';
    let err = '';
    child.stdout.on('data', (data) => {
      out += data;
      onOutput?.(child, out);
    });
    child.stderr.on('data', (data) => err += data);
    child.on('close', (code, signal) => resolve({code, signal, out, err, trace}));
  });
}

// Runs a program with and without the tracer and checks that nothing differs that it shows; gives
// the traced run.
export async function runBoth(args, options = {}) {
  const bare = await runNode(args, {...options, traced: false});
  const traced = await runNode(args, options);
  assert.equal(traced.out, bare.out);
  assert.equal(traced.code, bare.code, traced.err);
  assert.equal(traced.signal, bare.signal);
  return traced;
}

const definitions = fs.readFileSync(path.join(source, 'tracer/record/event.def'), 'utf8');
const kinds = new Map([...definitions.matchAll(/^ASYNCSCOPE_EVENT\((\w+), (\d+)/gm)]
                          .map(([, name, value]) => [Number(value), name]));
const kPayload = 255;
const withPayload = new Set(
    ['Stack', 'Snapshot', 'ExportThrew', 'Mark', 'StressEnded', 'MemoryGrown', 'BufferHeld', 'GlobalChanged',
     'OracleFound', 'RewindOnStack', 'Aborted', 'ResultDiffers', 'GlueBodyRanTwice']);

// {run, exit, notes, modules, threads: Map thread → [event]}; throws where the file is not sound.
export function readTrace(file) {
  const bytes = fs.readFileSync(file);
  assert.equal(bytes.toString('latin1', 0, 8), 'ATRACE\r\n');
  const trace = {modules: [], notes: [], threads: new Map(), slots: new Map(), lost: new Map()};
  let offset = bytes.readUInt32LE(12);
  while (offset < bytes.length) {
    const type = bytes.toString('latin1', offset, offset + 4).trim();
    const thread = bytes.readUInt32LE(offset + 4);
    const length = Number(bytes.readBigUInt64LE(offset + 8));
    const payload = bytes.subarray(offset + 16, offset + 16 + length);
    assert.equal(payload.length, length, 'the file is cut');
    offset += 16 + length + (8 - length % 8) % 8;
    if (type === 'RUN') trace.run = JSON.parse(payload);
    if (type === 'EXIT') trace.exit = JSON.parse(payload);
    if (type === 'NOTE') trace.notes.push(JSON.parse(payload));
    if (type === 'MODL') trace.modules.push({thread, number: payload.readUInt32LE(0)});
    if (type === 'EVTS') readEvents(trace, thread, payload);
  }
  return trace;
}

function readEvents(trace, thread, payload) {
  if (!trace.threads.has(thread)) trace.threads.set(thread, []);
  const events = trace.threads.get(thread);
  const seen = (trace.slots.get(thread) ?? 0) + (trace.lost.get(thread) ?? 0);
  const first = Number(payload.readBigUInt64LE(0));
  const lost = Number(payload.readBigUInt64LE(8));
  assert.equal(first - seen, lost - (trace.lost.get(thread) ?? 0), 'written + lost = seen');
  trace.lost.set(thread, lost);
  trace.slots.set(thread, (trace.slots.get(thread) ?? 0) + (payload.length - 16) / 32);
  for (let at = 16; at < payload.length; at += 32) {
    const kind = payload.readUInt16LE(at);
    if (kind === kPayload) {
      const data = payload.subarray(at + 4, at + 4 + payload.readUInt16LE(at + 2));
      const event = events.at(-1);
      event.payload = Buffer.concat([event.payload ?? Buffer.alloc(0), data]);
      continue;
    }
    events.push({
      kind: kinds.get(kind) ?? kind,
      instance: payload.readUInt16LE(at + 2),
      function: payload.readUInt32LE(at + 4),
      detail: payload.readUInt32LE(at + 8),
      time: payload.readUInt32LE(at + 12),
      position: Number(payload.readBigUInt64LE(at + 16)),
      sp: Number(payload.readBigUInt64LE(at + 24)),
    });
  }
}

// The kinds of the events of a thread, those named only.
export function kindsOf(trace, thread, ...wanted) {
  const events = trace.threads.get(thread) ?? [];
  for (const event of events) {
    if (withPayload.has(event.kind)) {
      assert.equal(event.payload?.length ?? 0, event.detail, `payload of ${event.kind}`);
    }
  }
  const names = events.map((event) => event.kind);
  return wanted.length === 0 ? names : names.filter((name) => wanted.includes(name));
}

export function eventsOf(trace, thread, kind) {
  return (trace.threads.get(thread) ?? []).filter((event) => event.kind === kind);
}

export const kControls = ['StartUnwind', 'StopUnwind', 'StartRewind', 'StopRewind'];

// What a module of the runtime exports, imports resolved as in the bundle.
export async function bundled(file) {
  const generated = path.join(runtime, '../tracer/runtime/generated');
  const modules = path.join(folder, 'modules');
  fs.mkdirSync(modules, {recursive: true});
  for (const from of [path.join(source, 'tracer/runtime'), generated]) {
    for (const name of fs.readdirSync(from).filter((entry) => entry.endsWith('.mjs'))) {
      fs.copyFileSync(path.join(from, name), path.join(modules, name));
    }
  }
  return import(path.join(modules, file));
}
