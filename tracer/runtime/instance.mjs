// One traced instance: what the runtime adds to the events that its probes write.
//
// The probes call the ring writer through asyncscope.table; of all of JavaScript only onControl runs,
// four times a cycle, and the closures around exports (exports.mjs). Nothing here throws into the
// program, and nothing changes its memory.

import {Canary} from './canary.mjs';
import {EarlyReturns} from './early_returns.mjs';
import {engine, kOwnPrefix} from './engine.mjs';
import {EventKind} from './events.mjs';
import {publicExports} from './exports.mjs';
import {encodePayload, kNoIndex, kTwo32} from './ring.mjs';
import {SnapshotBook} from './snapshots.mjs';
import {captureStack} from './stacks.mjs';
import {kNormal, kRewinding, kUnwinding} from './states.mjs';
import {SuspendedStacks} from './suspended.mjs';

// Between the function that writes the state and onControl: the probe's helper function, and the
// writer module's `control`.
const kHelperFrames = 2;

const kRewindStacks = 4;  // captured where wasm is on the stack at start_rewind

// In ExportAfterFault.
const kOverrun = 1;
const kThrew = 2;

const kNoPointer = {value: 0};  // a C stack pointer, where the module has none

// The value of a global that holds an address: i32, read as unsigned, or i64.
function unsigned(value) {
  return typeof value === 'bigint' ? Number(BigInt.asUintN(64, value)) : value >>> 0;
}

function address(global) {
  return unsigned(global.value);
}

function mix(hash, word) {
  hash = Math.imul(hash ^ word, 0x9e3779b1);
  return hash ^ hash >>> 15;
}

function speaksOfViews(fn) {
  return typeof fn === 'function' &&
      /\bHEAP[UF]?\d|\.subarray\(|\bmemory\.buffer/.test(engine.apply(engine.textOf, fn, []));
}

export class TracedInstance {
  // `raw`: the engine's exports object. `thread`: what the instances of a thread share (tracer.mjs).
  // `isWatched`: its exports are passed through closures. `driver`: forces suspends
  // (stress_driver.mjs); null where none are to be forced. `declared`: its declared globals
  // (declared.mjs).
  constructor(thread, number, raw, isWatched, driver = null, declared = []) {
    this.isWatched = isWatched;
    this.thread = thread;
    this.ring = thread.ring;
    this.number = number;
    this.stateGlobal = raw[kOwnPrefix + 'state'];
    this.dataGlobal = raw[kOwnPrefix + 'data'];
    this.spGlobal = raw[kOwnPrefix + 'sp'] ?? kNoPointer;
    this.memory = raw[kOwnPrefix + 'memory'];
    this.bytes = new Uint8Array(0);
    this.wide = typeof this.dataGlobal?.value === 'bigint';  // 64-bit pointers

    this.state = kNormal;        // as the control calls leave it
    this.depth = 0;              // wrapped exports on the stack
    this.entered = -1;           // function index of the outermost of them
    this.entrySp = 0;            // the C stack pointer's value at its entry
    this.entryExpected = false;  // start_rewind has been called, its export not yet
    this.setOpen = () => {};     // whether calls of exports may go past the closures (exports.mjs)
    this.grew = false;           // the memory, on the way into a suspend
    this.fault = 0;              // kOverrun, kThrew: to be told at the next export
    // Whether the closures around exports have anything to tell: see watch().
    this.watched = false;
    this.resumed = null;         // the suspended call that the rewind under way goes on with
    this.rewoundInto = [];         // {depth, sp} of exports that the rewind entered below the first
    this.rewoundIntoDepth = -1;    // of the innermost of them
    this.unwound = null;         // the call whose outermost export has returned, unwinding
    this.reentered = false;      // the outermost export was entered to rewind

    // Watched imports on the stack (imports.mjs), and how many of them have been there since the
    // unwind under way began.
    this.importDepth = 0;
    this.activeImports = [];
    this.importFloor = 0;

    this.glue = null;            // Emscripten's, where it was found (glue.mjs)
    this.importFunctions = new Map();  // the program's, watched: index → function (imports.mjs)
    this.earlyReturns = new EarlyReturns();
    this.rewindStacks = kRewindStacks;

    this.driveIndex = -1;        // of the function by which the driver sets the state
    this.controlTime = 0;        // of the last control call

    this.dataPointer = 0;
    this.bufferEnd = 0;
    this.written = {dataPointer: -1, bufferEnd: -1};  // in the last Buffer event
    this.start = 0;        // buffer position when the unwind started
    this.framesBegin = 0;  // ring position of the first event of its frames

    this.suspended = new SuspendedStacks(this.ring, number, raw, declared);
    this.canary = new Canary(this.ring, number);
    this.snapshots = new SnapshotBook(this.ring, number, () => thread.snapshotsTaken++);

    const onControl = (kind, fn) => {
      try {
        this.control(kind, fn, onControl);
        this.watch();
      } catch {
        // An engine at the end of its memory or stack; the event itself is still published.
      }
      this.ring.publish();
    };
    this.driver = driver;
    const writer = thread.makeWriter(number, onControl, (position) => driver?.extend(position));
    this.writer = writer;
    const table = raw[kOwnPrefix + 'table'];
    table.set(0, driver === null ? writer.write : writer.watched);
    table.set(1, writer.control);
    this.ring.advance = writer.advance;
    driver?.attach(this, raw);
  }

  watch() {
    this.watched = this.state !== kNormal || this.entryExpected || this.suspended.size > 0 ||
        this.fault !== 0;
  }

  exports(raw, wrapperModule) {
    return publicExports(raw, wrapperModule, this);
  }

  // The writer module has put the event of the control call in the slot at the head, unpublished.
  control(kind, fn, below) {
    const {ring} = this;
    const at = ring.word(ring.position());
    ring.pending = 1;
    // A round trip takes some microseconds: one look at the clock, and none at the program's buffer.
    const forced = fn === this.driveIndex;
    if (!forced || kind === EventKind.StartUnwind) this.controlTime = this.thread.time();
    const time = this.controlTime;
    ring.words[at + 3] = time;
    const position = ring.words[at + 4] + ring.words[at + 5] * kTwo32;
    const sp = ring.words[at + 6];
    if (forced) {
      this.dataPointer = this.driver.buffer.pointer;
      this.bufferEnd = this.driver.buffer.end;
    } else {
      this.readBuffer();
    }
    switch (kind) {
      case EventKind.StartUnwind: return this.startUnwind(fn, time, position, sp, below);
      case EventKind.StopUnwind: return this.stopUnwind(time, position, sp, forced);
      case EventKind.StartRewind: return this.startRewind(time, forced, below);
      case EventKind.StopRewind: return this.stopRewind(time);
    }
  }

  // Inside an export, in the normal state, the closures around the inner ones see nothing but errors.
  setState(state) {
    this.state = state;
    this.setOpen(state === kNormal && this.depth > 0);
  }

  startUnwind(fn, time, position, sp, below) {
    if (this.state === kUnwinding) {
      this.unwindAgain(time);
    } else {
      this.importFloor = this.importDepth;
    }
    this.setState(kUnwinding);
    this.start = position;
    this.writeBuffer(time);
    if (this.isWatched && this.depth === 0) {
      this.ring.put(EventKind.EnteredPast, this.number, 0, 0, time, 0, 0);
    }
    this.thread.marks.write(this.number, time);
    this.thread.stacks.begin(this.number, time, this.stackKey(fn, sp), below, kHelperFrames,
                             fn === this.driveIndex ? this.driver.exportsInTrip() : 0);
    this.thread.memoryCheck.beginUnwind(this.bytes, !this.thread.stacks.inferred);
    // The buffer of a forced one is borrowed: what it holds is the program's, and is put back.
    if (fn !== this.driveIndex && this.view(position)) {
      this.canary.begin(this.bytes, this.dataPointer, position, this.bufferEnd);
    }
    this.unwound = null;
    this.framesBegin = this.ring.position();
  }

  stopUnwind(time, position, sp, forced) {
    const {number, ring, thread, dataPointer} = this;
    this.setState(kNormal);
    this.forgetRewoundInto();
    if (this.depth === 0) this.glue?.unwound();
    const shape = this.shape(ring.position());
    this.writeBuffer(time);
    thread.stacks.end(number, time, shape);
    if (this.view(position)) {
      this.checkMemory(time, kUnwinding, position);
      this.snapshots.take(time, dataPointer, this.bytes, this.start, position);
      // Whether anything is written while it sleeps: not where views of the memory are stale.
      if (!forced && this.grew) this.thread.memoryCheck.begin(this.bytes, true);
      if (!forced && this.canary.finish(this.bytes, this.start, position, time)) this.fault = kOverrun;
    }
    if (!forced) this.suspended.add(dataPointer, this.unwound, sp, this.start, position, this.bytes, time);
  }

  startRewind(time, forced, below) {
    this.setState(kRewinding);
    this.entryExpected = true;
    this.writeBuffer(time);
    // A forced suspend turns round inside the export, and leaves things as they were.
    if (!forced) {
      if (this.depth > 0 && this.rewindStacks > 0) this.rewindOnStack(time, below);
      this.earlyReturns.resume(this.dataPointer);
    }
    this.view(0);
    if (!forced) this.resumed = this.suspended.remove(this.dataPointer, this.bytes, time);
    this.forgetRewoundInto();
    if (this.view(this.dataPointer)) {
      // Nobody was there who could have changed anything while a forced one slept.
      if (!forced) {
        if (this.grew) this.checkMemory(time, kNormal, this.start);
        this.grew = false;
        this.snapshots.check(time, this.dataPointer, this.bytes);
      }
      this.thread.memoryCheck.begin(this.bytes);
    }
  }

  stopRewind(time) {
    this.setState(kNormal);
    this.entryExpected = false;
    this.writeBuffer(time);
    if (this.view(this.dataPointer)) this.checkMemory(time, kRewinding, this.start);
    this.thread.marks.write(this.number, time);
  }

  checkMemory(time, state, position) {
    if (this.thread.memoryCheck.copy === null) return;
    this.thread.memoryCheck.end(this.number, time, state, this.bytes, this.dataPointer, this.start,
                                position, address(this.spGlobal));
  }

  unwindAgain(time) {
    const index = this.importDepth === 0 ? kNoIndex : this.activeImports[this.importDepth - 1];
    const wasThere = this.importDepth > 0 && this.importDepth <= this.importFloor;
    this.ring.put(EventKind.UnwindAgain, this.number, index, wasThere ? 1 : 0, time, 0, 0);
  }

  rewindOnStack(time, below) {
    --this.rewindStacks;
    const payload = encodePayload(captureStack(below, kHelperFrames));
    this.ring.put(EventKind.RewindOnStack, this.number, this.entered, payload.length, time, 0, 0);
    this.ring.putPayload(payload, 0, payload.length);
  }

  // --- called by the closures around imports ---

  importEntered(index) {
    if (this.state === kRewinding) {
      this.glue?.bodyBegins(index);
      return;
    }
    this.ring.put(EventKind.ImportEntered, this.number, index, this.state, this.thread.time(), 0, 0);
    this.ring.publish();
  }

  importLeft(index, how, before) {
    this.ring.put(EventKind.ImportLeft, this.number, index, how, this.thread.time(), before,
                  this.state);
    this.ring.publish();
  }

  importLeftUnwinding() {
    if (this.importDepth < this.importFloor) this.importFloor = this.importDepth;
  }

  // --- called by the closures around exports ---

  // Before the call, when watched. What is returned goes to exportLeft() after it.
  exportEntered(index, maySuspend, args) {
    const expected = this.entryExpected;
    // What cannot suspend works in every state.
    if (this.state !== kNormal && !maySuspend) return null;
    this.entryExpected = false;
    if (expected && this.depth === 0) this.reentered = true;
    if (this.state === kRewinding && (expected || this.depth > 0)) {
      // While rewinding, JS between wasm frames (invoke_*) rightly enters exports again.
      if (!expected) {
        this.rewoundInto.push({depth: this.depth, sp: address(this.spGlobal)});
        this.rewoundIntoDepth = this.depth;
      }
      return null;
    }
    if (this.state !== kNormal) {
      this.ring.put(EventKind.ExportEntered, this.number, index, this.state, this.thread.time(), 0, 0);
      this.ring.publish();
      return null;
    }
    return this.depth === 0 ? this.enteredByHost(index, args) : null;
  }

  enteredByHost(index, args) {
    const sp = address(this.spGlobal);
    const time = this.thread.time();
    if (this.fault !== 0) {
      this.ring.put(EventKind.ExportAfterFault, this.number, index, this.fault, time, 0, sp);
      this.ring.publish();
      this.fault = 0;
      this.watch();
    }
    if (this.suspended.size === 0) return null;
    this.view(0);
    return this.suspended.entered(index, args, sp, this.bytes, time);
  }

  exportLeft(token) {
    if (this.view(0)) this.suspended.left(token, this.bytes, this.thread.time());
  }

  // The outermost export returned while the state is not normal, or after it had been entered to
  // rewind.
  exportReturned(index, args, result) {
    if (this.state === kNormal) {
      this.reentered = false;
      this.compareResults(index, result);
      return;
    }
    // A call that was resumed is still the one that the host made.
    this.unwound = this.resumed ??
        {function: index, arguments: args, entrySp: unsigned(this.entrySp)};
    this.readBuffer();
    const position = this.view(this.dataPointer + 8) ? this.pointerAt(this.dataPointer) : 0;
    this.ring.put(EventKind.ExportReturned, this.number, index, this.state, 0,
                  position, address(this.spGlobal));
    this.ring.publish();
    if (this.state === kUnwinding && this.glue !== null) {
      this.earlyReturns.suspend(this.dataPointer, index, result, this.reentered);
    }
    this.reentered = false;
  }

  compareResults(index, result) {
    const text = this.earlyReturns.difference(result);
    if (text === null) return;
    const payload = encodePayload(text);
    this.ring.put(EventKind.ResultDiffers, this.number, index, payload.length,
                  this.thread.time(), 0, 0);
    this.ring.putPayload(payload, 0, payload.length);
  }

  // Whether the rewind that is left is that of a call whose caller has nothing to learn its end by.
  isOrphan() {
    return this.depth === 0 && this.reentered && this.glue !== null && this.earlyReturns.isOrphan();
  }

  // abort() of the glue.
  aborted(error) {
    if (this.glue !== null) this.glue.aborted = true;
    const payload = encodePayload(describe(error));
    const onStack = this.depth > 0 || this.importDepth > 0;
    this.ring.put(EventKind.Aborted, this.number, this.depth > 0 ? this.entered : kNoIndex,
                  payload.length, this.thread.time(), this.state, onStack ? 1 : 0);
    this.ring.putPayload(payload, 0, payload.length);
  }

  // An export was left that the rewind had entered, under JavaScript that goes on: its invoke_* has
  // taken the C stack pointer of the innermost frame for its own.
  rewoundIntoLeft(index, threw) {
    const {sp} = this.rewoundInto.pop();
    this.rewoundIntoDepth = this.rewoundInto.at(-1)?.depth ?? -1;
    if (!threw || this.state !== kNormal) return;
    this.ring.put(EventKind.ThrewAfterRewind, this.number, index, 0, this.thread.time(), 0, sp);
    this.ring.publish();
  }

  forgetRewoundInto() {
    // Setting the length calls the engine, and it is empty in nearly every cycle.
    if (this.rewoundInto.length > 0) this.rewoundInto.length = 0;
    this.rewoundIntoDepth = -1;
  }

  // `depth` counts the closures that are still on the stack. What passes through an inner one and is
  // no failure of the engine is the program's own way of control (longjmp, C++ exceptions): it is
  // noted only where it leaves the outermost.
  exportThrew(index, error) {
    try {
      if (this.state !== kNormal) {
        this.fault = kThrew;
        this.watch();
      }
      const orphan = this.isOrphan();
      if (this.depth === 0) this.reentered = false;
      const trap = error instanceof engine.RuntimeError;
      const range = error instanceof RangeError;
      if (this.depth > 0 && !trap && !range && this.state === kNormal) return;
      if (!this.thread.firstSightOf(error)) return;
      const payload = encodePayload(describe(error));
      this.ring.put(EventKind.ExportThrew, this.number, index, payload.length, this.thread.time(),
                    this.state, (trap ? 1 : range ? 2 : 0) | (orphan ? 4 : 0));
      this.ring.putPayload(payload, 0, payload.length);
      this.thread.drain();
    } catch {
      // No stack left to describe it with: the error itself is passed on all the same.
      this.ring.publish();
    }
  }

  // --- for the driver ---

  stackPointer() {
    return address(this.spGlobal);
  }

  // Back to normal without an event, where a forced suspend was lost.
  resetState(data) {
    this.stateGlobal.value = kNormal;
    this.dataGlobal.value = data;
    this.setState(kNormal);
    this.entryExpected = false;
    this.watch();
  }

  memoryGrown(before, after) {
    const payload = encodePayload(captureStack(undefined, 0));
    const handlesViews = this.importDepth > 0 && this.importHandlesViews() ? 1 : 0;
    this.grew = handlesViews === 1;
    this.ring.put(EventKind.MemoryGrown, this.number, handlesViews, payload.length, this.thread.time(), before,
                  after);
    this.ring.putPayload(payload, 0, payload.length);
  }

  // Whether the import under way speaks of views of the memory in its own text. With assertions
  // Emscripten's glue passes imports through functions of its own: then it is that of the function
  // behind.
  importHandlesViews() {
    const value = this.importFunctions.get(this.activeImports[this.importDepth - 1]);
    return value !== undefined && (speaksOfViews(value) || speaksOfViews(this.glue?.wrappedBy(value)));
  }

  // --- reading the program's memory ---

  // Whether the bytes below `end` can be read; makes the view anew after the memory has grown.
  view(end) {
    if (end > this.bytes.length || this.bytes.length === 0) {
      if (this.memory === undefined) return false;
      this.bytes = new Uint8Array(this.memory.buffer);
    }
    return end <= this.bytes.length;
  }

  u32At(at) {
    const {bytes} = this;
    return (bytes[at] | bytes[at + 1] << 8 | bytes[at + 2] << 16 | bytes[at + 3] << 24) >>> 0;
  }

  pointerAt(at) {
    return this.wide ? this.u32At(at) + this.u32At(at + 4) * kTwo32 : this.u32At(at);
  }

  readBuffer() {
    if (this.dataGlobal === undefined) return;
    this.dataPointer = address(this.dataGlobal);
    const endAt = this.dataPointer + (this.wide ? 8 : 4);
    this.bufferEnd = this.view(endAt + 8) ? this.pointerAt(endAt) : 0;
  }

  // Written when it is not what the last Buffer event said.
  writeBuffer(time) {
    const {dataPointer, bufferEnd, written} = this;
    if (written.dataPointer === dataPointer && written.bufferEnd === bufferEnd) return;
    written.dataPointer = dataPointer;
    written.bufferEnd = bufferEnd;
    this.ring.put(EventKind.Buffer, this.number, 0, 0, time, dataPointer, bufferEnd);
  }

  // --- keys and shapes of stacks (stacks.mjs) ---

  stackKey(fn, sp) {
    const origin = this.driver === null ? fn : mix(mix(fn, this.driver.index), this.driver.barrier);
    let hash = mix(mix(mix(mix(this.number, sp), origin), this.entered), this.thread.marks.number);
    return hash >>> 0;
  }

  // A number for the frames that unwound: their events since framesBegin, and the call indices that
  // they saved. null when it cannot be told.
  shape(end) {
    const {ring, bytes, start} = this;
    const {words} = ring;
    const count = (end - this.framesBegin) >>> 0;
    if (count >= ring.capacity) return null;
    let hash = count;
    let record = start;
    for (let i = 0; i < count; ++i) {
      const at = ring.word(this.framesBegin + i);
      const position = words[at + 4] + words[at + 5] * kTwo32;
      hash = mix(mix(mix(hash, words[at]), words[at + 1]), words[at + 2]);
      hash = mix(mix(hash, position - start), words[at + 6]);
      if (position > record && position <= bytes.length) {
        hash = mix(hash, this.u32At(record));
        record = position;
      }
    }
    return hash;
  }
}

// Name and message in the first line, as engines print them, then the stack.
function describe(error) {
  if (!(error instanceof Error)) return `${typeof error}: ${String(error)}`;
  const head = `${error.name}: ${error.message}`;
  const stack = String(error.stack ?? '');
  return stack.startsWith(head) ? stack : `${head}\n${stack}`;
}
