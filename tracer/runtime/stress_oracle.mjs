// Whether a forced suspend leaves everything as it was: memory, globals, tables.
//
//   on     globals, lengths of tables and the C stack at every trip; all of memory at the first trips of each
//          kind, at every 256th trip, and at every trip of a kind in which code ran that is not Asyncify's
//   full   all of them at every trip
//
// Why `on` may look at less: where every frame saved its record and was entered again, and no other frame was
// seen, all that was executed between is what Asyncify itself wrote, and that writes into the buffer alone. A
// kind is told by the import, the C stack pointer and the exports on the stack.
//
// All of memory is compared with a copy, which is brought up to date, page by page, before the unwind; it is
// compared after the unwind and after the rewind, so that a change is told with its state.

import {kOwnPrefix} from './engine.mjs';
import {EventKind} from './events.mjs';
import {difference, samePage} from './memory_check.mjs';
import {encodePayload} from './ring.mjs';
import {kRewinding, kUnwinding} from './states.mjs';

const kBlockBytes = 1 << 16;
const kFirstTrips = 2;          // of each kind, compared in full
const kFullEvery = 256;         // trips
const kKindsKept = 4096;
const kStackBytes = 1 << 14;    // of the C stack, from its pointer up
const kHeader = 16;
const kShownBytes = 16;

// What OracleSilent says was compared.
const kGlobals = 1;
const kTables = 2;
const kStack = 4;
const kAll = 8;

const hexOf = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');

// What the rewriter exports as "asyncscope.PREFIX.N": [{index, value}].
function numbered(raw, prefix) {
  const start = `${kOwnPrefix}${prefix}.`;
  return Object.keys(raw).filter((name) => name.startsWith(start))
                         .map((name) => ({index: Number(name.slice(start.length)), value: raw[name]}));
}

export class Oracle {
  // `level`: 'on' or 'full'. `counts`: {compared, inFull, found}, of the thread.
  constructor(level, trace, raw, section, counts) {
    this.level = level;
    this.trace = trace;
    this.section = section;
    this.counts = counts;
    this.globals = numbered(raw, 'global');
    this.tables = numbered(raw, 'table');
    this.values = this.globals.map(() => 0);
    this.lengths = this.tables.map(() => 0);
    this.kinds = new Map();  // of trips: {trips, unusual}
    this.kind = null;        // of the trip under way
    this.inFull = false;
    this.found = false;
    this.copy = new Uint8Array(0);               // of all memory
    this.stackCopy = new Uint8Array(kStackBytes);
    this.stackBegin = 0;     // of the part of the C stack that is compared
    this.stackEnd = 0;
    this.stackBase = 0;      // the highest that the C stack pointer has been
    this.events = {saved: 0, entered: 0, others: 0};  // before the trip
  }

  // Before the unwind. `key` tells the kind.
  begin(key) {
    const {globals, tables, counts} = this;
    let kind = this.kinds.get(key);
    if (kind === undefined) {
      if (this.kinds.size >= kKindsKept) this.kinds.clear();
      this.kinds.set(key, kind = {trips: 0, unusual: false});
    }
    this.kind = kind;
    this.found = false;
    this.inFull = this.level === 'full' || kind.unusual || kind.trips < kFirstTrips ||
                  counts.compared % kFullEvery === 0;
    ++kind.trips;
    ++counts.compared;
    if (this.inFull) ++counts.inFull;
    for (let i = 0; i < globals.length; ++i) this.values[i] = globals[i].value.value;
    for (let i = 0; i < tables.length; ++i) this.lengths[i] = tables[i].value.length;
    this.readCounters();
    this.copyStack();
    if (this.inFull) this.copyMemory();
  }

  // Between unwind and rewind: the buffer holds [pointer, position).
  unwound(pointer, position) {
    if (!this.inFull) return;
    const {copy} = this;
    const end = Math.min(Math.max(position, pointer + kHeader), copy.length);
    const kept = copy.slice(pointer, end);
    copy.set(this.trace.bytes.subarray(pointer, end), pointer);
    this.compareMemory(kUnwinding);
    copy.set(kept, pointer);
  }

  // After the rewind, when the buffer has been given back.
  end() {
    const {trace, counts, inFull} = this;
    this.compareValues();
    if (inFull) {
      this.compareMemory(kRewinding);
    } else {
      this.compareStack();
    }
    this.kind.unusual ||= this.found || this.sawOthers();
    if (this.found) {
      ++counts.found;
      return;
    }
    const bytes = inFull ? this.copy.length : this.stackEnd - this.stackBegin;
    trace.ring.put(EventKind.OracleSilent, trace.number, 0,
                   kGlobals | kTables | kStack | (inFull ? kAll : 0), 0, bytes, 0);
    trace.ring.publish();
  }

  // --- what is copied ---

  copyMemory() {
    const {trace} = this;
    trace.view(1);
    const {bytes} = trace;
    if (this.copy.length !== bytes.length) {
      this.copy = bytes.slice();
      return;
    }
    for (let at = 0; at < bytes.length; at += kBlockBytes) {
      const block = bytes.subarray(at, at + kBlockBytes);
      if (!samePage(block, this.copy.subarray(at, at + kBlockBytes))) this.copy.set(block, at);
    }
  }

  copyStack() {
    const {trace} = this;
    const sp = trace.stackPointer();
    this.stackBase = Math.max(this.stackBase, sp);
    this.stackBegin = sp;
    this.stackEnd = Math.min(sp + kStackBytes, this.stackBase);
    if (!trace.view(this.stackEnd)) this.stackEnd = sp;
    this.stackCopy.set(trace.bytes.subarray(sp, this.stackEnd));
  }

  // The host tells the C stack pointer before it calls an export from outside.
  entered(sp) {
    if (sp > this.stackBase) this.stackBase = sp;
  }

  // --- what is compared ---

  compareMemory(state) {
    const {trace, copy} = this;
    if (copy.length !== trace.bytes.length) return;  // it has grown: what is new was not there before
    const {first, count} = difference(copy, trace.bytes);
    if (count === 0) return;
    this.tell(state, first, count, copy, trace.bytes, 0);
    copy.set(trace.bytes);
  }

  compareStack() {
    const {trace, stackBegin, stackEnd, stackCopy} = this;
    const now = trace.bytes.subarray(stackBegin, stackEnd);
    const before = stackCopy.subarray(0, stackEnd - stackBegin);
    if (now.length === 0 || samePage(before, now)) return;
    const {first, count} = difference(before, now);
    if (count > 0) this.tell(kRewinding, first, count, before, now, stackBegin);
  }

  compareValues() {
    const {globals, tables, values, lengths} = this;
    for (let i = 0; i < globals.length; ++i) {
      const now = globals[i].value.value;
      if (Object.is(now, values[i])) continue;
      this.write({what: 'global', index: globals[i].index, before: String(values[i]), after: String(now)});
    }
    for (let i = 0; i < tables.length; ++i) {
      const now = tables[i].value.length;
      if (now === lengths[i]) continue;
      this.write({what: 'table', index: tables[i].index, before: String(lengths[i]), after: String(now)});
    }
  }

  // --- what frames were seen to do ---

  readCounters() {
    const {writer} = this.trace;
    this.events.saved = writer.saved.value;
    this.events.entered = writer.entered.value;
    this.events.others = writer.others.value;
  }

  sawOthers() {
    const {saved, entered, others} = this.events;
    const {writer} = this.trace;
    return writer.others.value !== others ||
           writer.entered.value - entered !== writer.saved.value - saved;
  }

  // --- what is written ---

  // `before` and `after` are of the same memory, which begins at `origin`.
  tell(state, first, count, before, after, origin) {
    const address = origin + first;
    const shown = (bytes) => hexOf(bytes.subarray(first, first + kShownBytes));
    const segment = this.section.dataSegments.findIndex(
        (each) => address >= each.address && address < each.address + each.length);
    const {stackBegin, stackBase} = this;
    this.write({what: 'memory', state, address, bytes: count, before: shown(before), after: shown(after),
                ...(segment >= 0 ? {segment} : {}),
                ...(address >= stackBegin && address < stackBase ? {stack: stackBase} : {})});
  }

  write(change) {
    const {trace} = this;
    this.found = true;
    const payload = encodePayload(JSON.stringify(change));
    trace.ring.put(EventKind.OracleFound, trace.number, 0, payload.length, trace.thread.time(), 0, 0);
    trace.ring.putPayload(payload, 0, payload.length);
  }
}
