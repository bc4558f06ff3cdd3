// The stacks of an instance that are suspended, and what happens to them meanwhile: which exports
// the host enters, whether those write over the C stack of sleeping frames, whether the host frees
// what a suspended call was given.
//
// Nothing of this runs while no stack is suspended.
//
//   C stack, growing down:   ... | free | frames of the suspended call | what called it ...
//                                       sp                             entrySp

import {EventKind} from './events.mjs';

const kEntriesNoted = 16;      // of each suspension
const kSuspendedKept = 64;        // those suspended last
const kStackCompared = 65536;  // bytes of a C stack
const kPlacesNoted = 64;       // that records point to
const kPointedBytes = 16;      // looked at in each of them
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
    places.push({address, bytes: memory.slice(address, address + kPointedBytes)});
  }
  return places;
}

function isSame({address, bytes}, memory) {
  for (let i = 0; i < bytes.length; ++i) {
    if (bytes[i] !== memory[address + i]) return false;
  }
  return true;
}

export class SuspendedStacks {
  constructor(ring, number, raw) {
    this.ring = ring;
    this.number = number;
    this.stacks = new Map();  // data pointer → {call, sp}
    this.last = 0;            // data pointer of the one suspended last
    this.entries = 0;         // exports entered since then
    this.frees = new Set(Object.keys(raw).filter((name) => kFreeNames.has(name))
                             .map((name) => Number(raw[name].name)));
  }

  get size() {
    return this.stacks.size;
  }

  // `call`: {function, arguments, entrySp} of the outermost export, null where it is not known.
  // Its records lie in [begin, end).
  add(pointer, call, sp, begin, end, time) {
    const stack = {call, sp, begin, end, pointed: null};
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
  remove(pointer) {
    const stack = this.stacks.get(pointer);
    this.stacks.delete(pointer);
    return stack?.call ?? null;
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
    if (before >= kEntriesNoted) return null;
    this.ring.put(EventKind.ExportWhileSuspended, this.number, index, before, time, this.last, sp);
    if (this.frees.has(index)) this.freed(index, args[0], time);
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
    return {index, sp, copies, pointed: asleep?.pointed ?? []};
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

  freed(index, pointer, time) {
    if (!(pointer >= kLeastPointer)) return;
    for (const {call} of this.stacks.values()) {
      const at = call === null ? -1 : call.arguments.indexOf(pointer);
      if (at < 0) continue;
      this.ring.put(EventKind.OwnedFreed, this.number, index, at, time, pointer, call.function);
    }
  }

  left({index, sp, copies, pointed}, bytes, time) {
    this.notePointed(index, pointed, bytes, time);
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
