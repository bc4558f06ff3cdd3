// The tracer in a page, a frame or a worker: one of them is one thread of the trace.
//
// The thread drains its ring itself, into `sink(type, bytes)`, which takes the payloads of chunks: 50 ms after
// something was written, at once when an error has left an export, and in the middle of a long task at the next
// control call. Before the page goes, and before a worker tells its owner anything, what waits is drained too: a
// worker may be ended without notice. While no module built with ASYNCIFY is loaded there is no ring, no timer and no listener.

import {decodeBase64} from './base64.mjs';
import {engine, globalFunction} from './engine.mjs';
import {kChunkEvents, kChunkExit} from './events.mjs';
import {watchErrors} from './page_errors.mjs';
import {patchWebAssembly} from './patch.mjs';
import {replaceFunction} from './replace.mjs';
import {RingReader} from './ring_reader.mjs';
import {Tracer} from './tracer.mjs';
import {kCoreBase64, kRingWriterBase64} from './wasm_bytes.mjs';

const kRingBytes = 4 << 20;
const kDrainMilliseconds = 50;
const kLeavingMilliseconds = 5000;
const kSlotsPerChunk = 1 << 14;  // 512 KiB

export class PageThread {
  constructor(sink) {
    this.sink = sink;
    this.reader = null;
    this.timer = false;     // a drain is due
    this.drainedAt = 0;
    this.leavingAt = -Infinity;
    this.tracer = new Tracer({
      ringBytes: kRingBytes,
      loadCore: () => decodeBase64(kCoreBase64),
      loadRingWriter: () => decodeBase64(kRingWriterBase64),
      shareRing: false,
      openRing: (bytes) => this.openRing(bytes),
      published: (waiting, capacity) => this.published(waiting, capacity),
      drain: () => this.drain(),
      writeChunk: (type, bytes) => this.sink(type, bytes),
    });
  }

  // Puts the tracer before the program's scripts.
  start() {
    patchWebAssembly(this.tracer);
  }

  registerPosition(memory, pointer) {
    this.tracer.registerPosition(memory, pointer);
  }

  openRing(bytes) {
    this.reader = new RingReader(bytes);
    this.drainedAt = engine.now();
    const encoder = new TextEncoder();
    watchErrors(this.tracer.thrown, (error) =>
        this.sink(kChunkExit, encoder.encode(JSON.stringify({error}))));
    if (globalThis.document !== undefined) this.watchLeaving();
    if (globalThis.DedicatedWorkerGlobalScope === undefined) return;
    for (const name of ['postMessage', 'close']) {
      replaceFunction(globalThis, name, (target, self, args) => {
        this.drain();
        return engine.apply(target, self, args);
      });
    }
  }

  // A browser may cut the page off as soon as the next one begins to come in, before it is hidden. From the
  // moment that it is asked whether it can be left, nothing waits any more. Not `unload`: a page that listens for that
  // is not kept for the way back.
  watchLeaving() {
    const listen = globalFunction('addEventListener');
    listen('beforeunload', () => {
      this.leavingAt = engine.now();
      this.drain();
    });
    listen('pagehide', () => this.drain());
  }

  published(waiting, capacity) {
    if (waiting === 0) return;
    const now = engine.now();
    if (waiting > capacity / 2 || now - this.drainedAt > kDrainMilliseconds ||
        now - this.leavingAt < kLeavingMilliseconds) {
      this.drain();
    } else if (!this.timer) {
      this.timer = true;
      // In Node it must not keep the process alive.
      globalFunction('setTimeout')(() => {
        this.timer = false;
        this.drain();
      }, kDrainMilliseconds).unref?.();
    }
  }

  // Nothing here may reach the program: a channel that is gone takes nothing any more.
  drain() {
    if (this.reader === null) return;
    try {
      for (let payload; (payload = this.reader.drain(kSlotsPerChunk)) !== null;) {
        this.sink(kChunkEvents, payload);
      }
    } catch {
      // The trace ends here.
    }
    this.drainedAt = engine.now();
  }
}
