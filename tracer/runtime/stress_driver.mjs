// Forces suspends on one instance: round trips that the program does not notice.
//
//   program calls the import ──▶ suspendsAt: start_unwind into a borrowed buffer, return a zero
//   frames save themselves   ──▶ the export around them returns: stop_unwind, start_rewind, call it again
//   frames restore themselves ─▶ suspendsAt: stop_rewind, give the buffer back; the import itself is called
//
// Where the trip turns round: at the outermost export, as a real suspend does, but for JavaScript frames
// that cannot be replayed. Whatever an import other than invoke_* or dynCall_* calls back is turned round at
// the export that it called, so that the import's own frame is neither left nor entered again.
//
// The state is set by a function that the rewriter appended ("asyncscope.drive"): which control functions the
// module exports, under which names, and whether the host keeps a state of its own, makes no difference.

import {engine, kOwnPrefix} from './engine.mjs';
import {EventKind} from './events.mjs';
import {kNormal, kRewinding, kUnwinding} from './states.mjs';
import {BorrowedBuffer} from './stress_buffer.mjs';
import {InvokeFrames} from './stress_invokes.mjs';

// Phases of the driver: those of the state while a trip is under way, or
const kIdle = 0;
const kLost = 3;  // the last trip did not come back: the state is what it left

// Why an opportunity was left alone.
export const kObstacles = Object.freeze({
  internalControl: 1,  // a runtime inside the module takes every unwind for its own
  sharedMemory: 2,     // another thread may use the borrowed bytes
  noExport: 3,         // entered by a function that is no wrapped export: it cannot be called again
  noRoom: 4,           // the memory is too small for a buffer
});

export class StressDriver {
  // `stress`: what the drivers of a thread share. The driver is made before the instance, with its imports.
  constructor(stress, section) {
    this.stress = stress;
    this.section = section;
    this.trace = null;   // the traced instance, once it exists
    this.phase = kIdle;
    this.depth = 0;      // exports on the stack
    this.barrier = 0;    // those of them below the innermost JavaScript frame that cannot be replayed
    this.turnDepth = 0;  // where the trip under way turns round
    this.index = 0;      // the import that it began at
    this.number = 0;     // the opportunity
    this.repeat = 0;     // trips at it before this one
    this.invokes = new InvokeFrames();
  }

  attach(trace, raw) {
    this.trace = trace;
    this.driveState = raw[kOwnPrefix + 'drive'];
    this.limit = Infinity;
    this.buffer = new BorrowedBuffer(trace.wide, this.section.largestRecord);
  }

  // --- called by the closures around imports ---

  // Whether the import must return at once, its result unseen, because frames are to be saved.
  suspendsAt(index) {
    const {trace} = this;
    if (trace === null) return false;
    if (trace.state === kNormal) return this.opportunity(index);
    if (this.phase !== kRewinding || trace.state !== kRewinding) return false;
    this.arrive();
    return this.repeat < this.stress.schedule.times && this.begin(index);
  }

  enterScript() {
    const outer = this.barrier;
    this.barrier = this.depth;
    return outer;
  }

  // Where invoke_* catches what is thrown it puts back the C stack pointer that it was entered with. When a
  // rewind enters it again, that is no longer the one that its caller had.
  enterInvoke() {
    const {trace, invokes} = this;
    if (trace === null) return invokes.enter(0);
    return trace.state === kRewinding ? invokes.enterAgain(this.number) : invokes.enter(trace.stackPointer());
  }

  leaveInvoke(level, index) {
    const {trace, invokes} = this;
    invokes.leave(level);
    if (trace === null || trace.state !== kNormal || invokes.numbers[level] < 0) return;
    const sp = trace.stackPointer();
    if (sp === invokes.pointers[level]) return;
    trace.ring.put(EventKind.InvokeSkewed, trace.number, index, invokes.numbers[level],
                   trace.thread.time(), invokes.pointers[level], sp);
    trace.ring.publish();
  }

  // --- called by the closures around exports ---

  // Wraps an export of the instance: calls it again for as long as a trip turns round there.
  around(inner) {
    switch (inner.length) {
      case 0:
        return () => {
          const depth = this.enter();
          try {
            let result = inner();
            while (this.turns(depth)) result = inner();
            return result;
          } finally { this.leave(depth); }
        };
      case 1:
        return (a) => {
          const depth = this.enter();
          try {
            let result = inner(a);
            while (this.turns(depth)) result = inner(a);
            return result;
          } finally { this.leave(depth); }
        };
      case 2:
        return (a, b) => {
          const depth = this.enter();
          try {
            let result = inner(a, b);
            while (this.turns(depth)) result = inner(a, b);
            return result;
          } finally { this.leave(depth); }
        };
      case 3:
        return (a, b, c) => {
          const depth = this.enter();
          try {
            let result = inner(a, b, c);
            while (this.turns(depth)) result = inner(a, b, c);
            return result;
          } finally { this.leave(depth); }
        };
      default: {
        const driven = (...args) => {
          const depth = this.enter();
          try {
            let result = inner(...args);
            while (this.turns(depth)) result = inner(...args);
            return result;
          } finally { this.leave(depth); }
        };
        return engine.defineProperty(driven, 'length', {value: inner.length});
      }
    }
  }

  enter() {
    if (this.depth === 0 && this.trace.state !== kNormal) this.enterAsleep();
    return ++this.depth;
  }

  leave(depth) {
    this.depth = depth - 1;
    if (this.trace.state === kNormal) return;
    if (this.phase === kUnwinding || this.phase === kRewinding) {
      if (depth <= this.turnDepth) this.lose();
    } else if (depth === 1 && this.trace.state === kUnwinding) {
      this.invokes.sleep(this.trace.dataPointer);
    }
  }

  // The host calls while the state is not normal: it rewinds a stack of its own, or a trip was lost.
  enterAsleep() {
    if (this.phase === kLost) {
      this.recover();
    } else if (this.trace.state === kRewinding) {
      this.invokes.wake(this.trace.dataPointer);
    }
  }

  // Whether the export is to be called again. A trip whose rewind came back without its import is lost.
  turns(depth) {
    if (this.phase !== kUnwinding || depth !== this.turnDepth) return false;
    if (this.trace.state !== kUnwinding) return false;
    this.driveState(kNormal, this.pointer, this.pointer);
    this.phase = kRewinding;
    this.driveState(kRewinding, this.pointer, this.pointer);
    return true;
  }

  // --- trips ---

  opportunity(index) {
    const {stress} = this;
    const number = ++stress.opportunities;
    if (!stress.schedule.wants(number)) return false;
    this.number = number;
    this.repeat = 0;
    return this.begin(index);
  }

  begin(index) {
    const {trace, buffer} = this;
    const obstacle = this.obstacle();
    if (obstacle !== 0) return this.leaveAlone(index, obstacle);
    this.phase = kUnwinding;
    this.turnDepth = this.barrier + 1;
    this.index = index;
    this.data = trace.dataGlobal.value;
    this.setLimit(buffer.borrow());
    trace.ring.put(EventKind.ForcedSuspend, trace.number, index, this.number, 0, this.repeat,
                   this.barrier === 0 ? 0 : 1);
    trace.ring.publish();
    this.driveState(kUnwinding, this.pointer, this.pointer);
    return true;
  }

  arrive() {
    this.driveState(kNormal, this.pointer, this.data);
    this.buffer.giveBack();
    this.phase = kIdle;
    ++this.repeat;
    ++this.stress.trips;
  }

  obstacle() {
    const {section, buffer, trace} = this;
    if (section.internalControl) return kObstacles.internalControl;
    if (section.sharedMemory) return kObstacles.sharedMemory;
    if (this.depth <= this.barrier) return kObstacles.noExport;
    // A view of memory that has grown since has no bytes any more.
    if (buffer.bytes === null || buffer.bytes.length === 0) {
      if (!trace.view(1) || !buffer.place(trace.bytes, trace.stackPointer())) return kObstacles.noRoom;
      this.pointer = trace.wide ? BigInt(buffer.pointer) : buffer.pointer;
    }
    return 0;
  }

  leaveAlone(index, obstacle) {
    const {trace, stress} = this;
    const key = `${trace.number}/${index}/${obstacle}`;
    const count = (stress.left.get(key) ?? 0) + 1;
    stress.left.set(key, count);
    if (count === 1) {
      trace.ring.put(EventKind.OpportunityLeft, trace.number, index, this.number, trace.thread.time(),
                     obstacle, 0);
      trace.ring.publish();
    }
    return false;
  }

  setLimit(limit) {
    if (limit === this.limit) return;
    this.limit = limit;
    this.trace.writer.limit.value = limit === Infinity ? -1n : BigInt(limit);
  }

  // A record ended behind the limit.
  extend(position) {
    if (this.phase !== kUnwinding || position > this.buffer.bytes.length) return;
    this.setLimit(this.buffer.extend(position));
  }

  // An exception, or a rewind that took another way: what was borrowed goes back at once. The state stays
  // what it is until the host calls again, so that the trace shows in which state it was left.
  lose() {
    this.buffer.giveBack();
    this.phase = kLost;
    ++this.stress.lost;
  }

  recover() {
    const {trace} = this;
    this.phase = kIdle;
    this.barrier = 0;
    this.invokes.leave(0);
    trace.resetState(this.data);
  }
}
