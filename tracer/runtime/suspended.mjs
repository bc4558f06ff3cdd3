// The stacks of an instance that are suspended, and what happens to them meanwhile: which exports
// the host enters, whether those write over the C stack of sleeping frames, whether the host frees
// what a suspended call was given and still has, whether a declared global (declared.mjs) is another
// when the call goes on.
//
// Nothing of this runs while no stack is suspended.
//
//   C stack, growing down:   ... | free | frames of the suspended call | what called it ...
//                                       sp                             entrySp

import {EventKind} from './events.mjs';
import {encodePayload, kNoIndex} from './ring.mjs';

const kEntriesNoted = 16;      // of each suspension
const kSuspendedKept = 64;        // those suspended last
const kStackCompared = 65536;  // bytes of a C stack
const kPlacesNoted = 64;       // that records point to
const kPointedBytes = 16;      // looked at in each of them
const kFreedBytes = 64;        // of a freed argument
const kLeastPointer = 1024;    // smaller arguments are numbers
const kFreeNames = new Set(['free', '_free']);

// What the words in the records point to, taken for addresses: [{address, bytes}].
function pointedBy({begin, end, sp, call}, memory) {
  const places = [];
  const view = new DataView(memory.buffer, memory.byteOffset);
  for (let at = begin; at + 4 <= end && places.length < kPlacesNoted; at += 4) {
    const address = view.getUint32(at, true);
    if (address < kLeastPointer || address % 4 !== 0) continue;
    if (address + kPointedBytes > memory.length) continue;
    const inBuffer = address + kPointedBytes > begin && address < end;
    const inFrames = address >= sp && address < (call?.entrySp ?? 0);
    if (inBuffer || inFrames || places.some((place) => place.address === address)) continue;
    places.push(placeAt(address, memory, kPointedBytes));
  }
  return places;
}

function placeAt(address, memory, length) {
  return {address, bytes: memory.slice(address, address + length)};
}

// Whether the pointer stands in the records or in the C stack of the suspended frames.
function holds({begin, end, sp, call}, pointer, memory) {
  const view = new DataView(memory.buffer, memory.byteOffset);
  const stands = (from, to) => {
    for (let at = from; at + 4 <= Math.min(to, memory.length); at += 4) {
      if (view.getUint32(at, true) === pointer) return true;
    }
    return false;
  };
  return stands(begin, end) || stands(sp, Math.min(call.entrySp, sp + kStackCompared));
}

function isSame({address, bytes}, memory) {
  for (let i = 0; i < bytes.length; ++i) {
    if (bytes[i] !== memory[address + i]) return false;
  }
  return true;
}

export class SuspendedStacks {
  // `declared`: of declaredOf().
  constructor(ring, number, raw, declared) {
    this.ring = ring;
    this.declared = declared;
    this.number = number;
    this.stacks = new Map();  // data pointer → {call, sp}
    this.last = 0;            // data pointer of the one of them that was suspended last
    this.entries = 0;         // exports entered since then
    this.frees = new Set(Object.keys(raw).filter((name) => kFreeNames.has(name))
                             .map((name) => Number(raw[name].name)));
  }

  get size() {
    return this.stacks.size;
  }

  // `call`: {function, arguments, entrySp} of the outermost export, null where it is not known.
  // Its records lie in [begin, end). `bytes` is a view of the memory.
  add(pointer, call, sp, begin, end, bytes, time) {
    const stack = {call, sp, begin, end, pointed: null, freed: [], globals: this.globals(bytes)};
    for (const [otherPointer, other] of this.stacks) {
      if (otherPointer !== pointer) this.noteOverlap(stack, other, otherPointer, time);
    }
    this.stacks.delete(pointer);
    this.stacks.set(pointer, stack);
    // Stacks that are thrown away (longjmp) are never resumed; and each costs at each suspend.
    if (this.stacks.size > kSuspendedKept) this.stacks.delete(this.stacks.keys().next().value);
    this.last = pointer;
    this.entries = 0;
  }

  // Its rewind begins: the call that was suspended, null where that is not known.
  remove(pointer, bytes, time) {
    const stack = this.stacks.get(pointer);
    if (stack === undefined) return null;
    this.stacks.delete(pointer);
    // Others remain where coroutines take turns, and of stacks that are thrown away (longjmp).
    if (pointer === this.last) for (const other of this.stacks.keys()) this.last = other;
    this.noteGlobals(stack.globals, bytes, time);
    for (const {index, at, place} of stack.freed) {
      if (place === null || isSame(place, bytes)) continue;
      this.ring.put(EventKind.OwnedFreed, this.number, index, at, time, place.address,
                    stack.call.function);
    }
    return stack.call;
  }

  // The declared globals as they are now: [{address, bytes, text, by}]. `by`: the export that was the
  // last to change it while the stack was suspended.
  globals(bytes) {
    return this.declared.filter(({address, bytes: length}) => address + length <= bytes.length)
        .map(({text, address, bytes: length}) => ({...placeAt(address, bytes, length), text, by: kNoIndex}));
  }

  noteGlobals(globals, bytes, time) {
    for (const place of globals) {
      if (isSame(place, bytes)) continue;
      const payload = encodePayload(place.text);
      this.ring.put(EventKind.GlobalChanged, this.number, place.by, payload.length, time, place.address,
                    place.bytes.length);
      this.ring.putPayload(payload, 0, payload.length);
    }
  }

  noteOverlap(stack, other, otherPointer, time) {
    if (stack.call === null || other.call === null) return;
    const begin = Math.max(stack.sp, other.sp);
    const end = Math.min(stack.call.entrySp, other.call.entrySp);
    if (begin >= end) return;
    this.ring.put(EventKind.SleepingOverlap, this.number, other.call.function, end - begin, time,
                  otherPointer, begin);
  }

  // The host enters an export that is no part of a resume. `bytes` is a view of the memory. What is
  // returned goes to left() when the export has been left.
  entered(index, args, sp, bytes, time) {
    const before = this.entries++;
    const freed = this.frees.has(index) ? this.freed(index, args[0], bytes) : [];
    const globals = this.globals(bytes);
    if (before >= kEntriesNoted && freed.length === 0) {
      return globals.length === 0 ? null : {index, sp, copies: [], pointed: [], freed, globals};
    }
    this.ring.put(EventKind.ExportWhileSuspended, this.number, index, before, time, this.last, sp);
    const asleep = this.stacks.get(this.last);
    if (asleep !== undefined) asleep.pointed ??= pointedBy(asleep, bytes);
    const copies = [];
    for (const {call, sp: begin} of this.stacks.values()) {
      // Far above it is another C stack, from which the sleeping frames may rightly be given
      // something.
      if (call === null || sp <= begin || sp - begin > kStackCompared) continue;
      if (begin >= call.entrySp) continue;
      const end = Math.min(call.entrySp, begin + kStackCompared, bytes.length);
      copies.push({begin, bytes: bytes.slice(begin, end)});
    }
    this.ring.publish();
    return {index, sp, copies, pointed: asleep?.pointed ?? [], freed, globals};
  }

  notePointed(index, pointed, bytes, time) {
    let count = 0;
    let first = 0;
    for (const place of pointed) {
      if (isSame(place, bytes)) continue;
      if (count++ === 0) first = place.address;
      place.bytes = bytes.slice(place.address, place.address + kPointedBytes);
    }
    if (count === 0) return;
    this.ring.put(EventKind.PointedChanged, this.number, index, count, time, first, pointed.length);
    this.ring.publish();
  }

  // The suspended calls that own what is freed: they got it as an argument, and have it still, in a
  // record or on their C stack. Told when they are resumed, if somebody has written there by then: a
  // call that has read its argument already takes no harm.
  freed(index, pointer, bytes) {
    const freed = [];
    if (!(pointer >= kLeastPointer)) return freed;
    for (const stack of this.stacks.values()) {
      const at = stack.call === null ? -1 : stack.call.arguments.indexOf(pointer);
      if (at < 0 || !holds(stack, pointer, bytes)) continue;
      const entry = {index, at, pointer, place: null};
      stack.freed.push(entry);
      freed.push(entry);
    }
    return freed;
  }

  left({index, sp, copies, pointed, freed, globals}, bytes, time) {
    for (const place of globals) {
      if (isSame(place, bytes)) continue;
      for (const stack of this.stacks.values()) {
        const own = stack.globals.find(({address}) => address === place.address);
        if (own !== undefined) own.by = index;
      }
    }
    this.notePointed(index, pointed, bytes, time);
    for (const entry of freed) entry.place = placeAt(entry.pointer, bytes, kFreedBytes);
    for (const copy of copies) {
      let first = -1;
      let count = 0;
      for (let i = 0; i < copy.bytes.length; ++i) {
        if (copy.bytes[i] === bytes[copy.begin + i]) continue;
        if (first < 0) first = copy.begin + i;
        ++count;
      }
      if (count === 0) continue;
      this.ring.put(EventKind.SleepingOverwritten, this.number, index, count, time, first, sp);
      this.ring.publish();
    }
  }
}
