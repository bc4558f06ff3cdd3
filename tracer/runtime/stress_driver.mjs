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
import {captureStack} from './stacks.mjs';
import {BorrowedBuffer} from './stress_buffer.mjs';
import {Oracle} from './stress_oracle.mjs';
import {SitesOnStack} from './stress_sites.mjs';

// Phases of the driver: those of the state while a trip is under way, or
const kIdle = 0;
const kLost = 3;  // the last trip did not come back: the state is what it left

const kKindsRemembered = 4096;

// Why an opportunity was left alone.
export const kObstacles = Object.freeze({
  internalControl: 1,  // a runtime inside the module takes every unwind for its own
  sharedMemory: 2,     // another thread may use the borrowed bytes
  noExport: 3,         // entered by a function that is no wrapped export: it cannot be called again
  noRoom: 4,           // the memory is too small for a buffer
  script: 5,           // JavaScript that no import began, such as a function in the table, is on the stack
});

const kWasmFrame = /wasm-function\[/;
const kReplaySafeFrame = /^\s*at .*\b(invoke|dynCall)_\w+/;

// Every run of JavaScript frames that lies between wasm frames has one that is replay-safe: around it stand
// wrappers of the glue.
function onlyReplaySafe(text) {
  const lines = text.split('\n');
  let sawWasm = false;
  let run = 0;
  let safe = false;
  for (const line of lines) {
    if (kWasmFrame.test(line)) {
      if (sawWasm && run > 0 && !safe) return false;
      sawWasm = true;
      run = 0;
      safe = false;
    } else if (line.trim() !== '') {
      ++run;
      safe ||= kReplaySafeFrame.test(line);
    }
  }
  return true;
}

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
    this.replayable = new Map();  // kind of opportunity → whether the JavaScript on the stack is
  }

  attach(trace, raw) {
    this.trace = trace;
    this.driveState = raw[kOwnPrefix + 'drive'];
    trace.driveIndex = Number(this.driveState.name);
    this.limit = Infinity;
    this.buffer = new BorrowedBuffer(trace.wide, this.section.largestRecord);
    const {schedule, oracleCounts} = this.stress;
    this.oracle = schedule.oracle === 'off' ? null :
        new Oracle(schedule.oracle, trace, raw, this.section, oracleCounts);
    const sites = new SitesOnStack(this.section.offsets);
    this.isOnStack = (wanted) => sites.has(wanted, this.suspendsAt);
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

  // --- called by the closures around exports ---

  // Wraps an export of the instance: calls it again for as long as a trip turns round there.
  around(inner) {
    let drivenExport;  // by this name stacks are cut where a trip turns round (stacks.mjs)
    switch (inner.length) {
      case 0:
        drivenExport = () => {
          const depth = this.enter();
          try {
            let result = inner();
            while (this.turns(depth)) result = inner();
            return result;
          } finally { this.leave(depth); }
        };
        break;
      case 1:
        drivenExport = (a) => {
          const depth = this.enter();
          try {
            let result = inner(a);
            while (this.turns(depth)) result = inner(a);
            return result;
          } finally { this.leave(depth); }
        };
        break;
      case 2:
        drivenExport = (a, b) => {
          const depth = this.enter();
          try {
            let result = inner(a, b);
            while (this.turns(depth)) result = inner(a, b);
            return result;
          } finally { this.leave(depth); }
        };
        break;
      case 3:
        drivenExport = (a, b, c) => {
          const depth = this.enter();
          try {
            let result = inner(a, b, c);
            while (this.turns(depth)) result = inner(a, b, c);
            return result;
          } finally { this.leave(depth); }
        };
        break;
      default:
        drivenExport = (...args) => {
          const depth = this.enter();
          try {
            let result = inner(...args);
            while (this.turns(depth)) result = inner(...args);
            return result;
          } finally { this.leave(depth); }
        };
        engine.defineProperty(drivenExport, 'length', {value: inner.length});
    }
    return drivenExport;
  }

  enter() {
    if (this.depth === 0) {
      if (this.phase === kLost) this.recover();
      if (this.oracle !== null) this.oracle.entered(this.trace.stackPointer());
    }
    return ++this.depth;
  }

  leave(depth) {
    this.depth = depth - 1;
    if (this.trace.state === kNormal) return;
    const under = this.phase === kUnwinding || this.phase === kRewinding;
    if (under && depth <= this.turnDepth) this.lose();
  }

  // Whether the export is to be called again. A trip whose rewind came back without its import is lost.
  turns(depth) {
    if (this.phase !== kUnwinding || depth !== this.turnDepth) return false;
    if (this.trace.state !== kUnwinding) return false;
    this.driveState(kNormal, this.pointer, this.pointer);
    if (this.oracle !== null) this.oracle.unwound(this.buffer.pointer, this.trace.pointerAt(this.buffer.pointer));
    this.phase = kRewinding;
    this.driveState(kRewinding, this.pointer, this.pointer);
    return true;
  }

  // How many exports the trip under way unwinds, when it does not come to the outermost; else 0.
  exportsInTrip() {
    return this.barrier === 0 ? 0 : this.depth - this.barrier;
  }

  // --- trips ---

  opportunity(index) {
    const {stress} = this;
    const number = ++stress.opportunities;
    if (!stress.schedule.wants(number, this.isOnStack)) return false;
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
    if (this.oracle !== null) this.oracle.begin(trace.stackKey(index, trace.stackPointer()) ^ this.depth);
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
    if (this.oracle !== null) this.oracle.end();
    this.phase = kIdle;
    ++this.repeat;
    ++this.stress.trips;
  }

  obstacle() {
    const {section, buffer, trace} = this;
    if (section.internalControl) return kObstacles.internalControl;
    if (section.sharedMemory) return kObstacles.sharedMemory;
    if (this.depth <= this.barrier) return kObstacles.noExport;
    if (this.depth > 1 && this.barrier === 0 && !this.isReplayable()) return kObstacles.script;
    // A view of memory that has grown since has no bytes any more.
    if (buffer.bytes === null || buffer.bytes.length === 0) {
      if (!trace.view(1) || !buffer.place(trace.bytes, trace.stackPointer())) return kObstacles.noRoom;
      this.pointer = trace.wide ? BigInt(buffer.pointer) : buffer.pointer;
    }
    return 0;
  }

  // Whether all JavaScript between the wasm frames is invoke_* or dynCall_*, by the engine's stack: it is looked
  // at once for each kind of opportunity.
  isReplayable() {
    const {trace, replayable} = this;
    const key = trace.stackKey(this.depth, trace.stackPointer());
    let answer = replayable.get(key);
    if (answer === undefined) {
      answer = onlyReplaySafe(captureStack(this.suspendsAt, 0));
      if (replayable.size >= kKindsRemembered) replayable.clear();
      replayable.set(key, answer);
    }
    return answer;
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
    trace.resetState(this.data);
  }
}
