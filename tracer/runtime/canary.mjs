// What lies in the buffer and behind it, before an unwind writes: whether records passed the end,
// and whether they went where something of the program's was.
//
//   ... | records of this unwind →          | 256 bytes compared | ...
//       start                               end

import {EventKind} from './events.mjs';

const kBehind = 256;        // bytes behind the end that are compared
const kHeldLimit = 4096;    // bytes of a buffer looked at before its first unwind
const kBuffersKnown = 1024;

export class Canary {
  constructor(ring, number) {
    this.ring = ring;
    this.number = number;
    this.behind = new Uint8Array(kBehind);
    this.length = 0;         // of `behind`, for the unwind under way
    this.end = 0;
    this.known = new Set();  // data pointers of buffers that were unwound into before
    this.held = null;        // bytes of a new buffer, from its start
  }

  // At start_unwind, before any record is written.
  begin(bytes, pointer, start, end) {
    this.end = end;
    this.length = end > 0 && start <= end ? Math.max(0, Math.min(kBehind, bytes.length - end)) : 0;
    if (this.length > 0) this.behind.set(bytes.subarray(end, end + this.length));
    this.held = null;
    if (this.known.has(pointer) || start > end) return;
    if (this.known.size >= kBuffersKnown) this.known.clear();
    this.known.add(pointer);
    this.held = bytes.slice(start, Math.min(start + kHeldLimit, end));
  }

  // At stop_unwind. Whether the records passed the end.
  finish(bytes, start, position, time) {
    const {held} = this;
    this.held = null;
    if (held !== null) this.noteHeld(held.subarray(0, Math.max(0, position - start)), start, time);
    if (this.length === 0 || position <= this.end) return false;
    let differ = 0;
    for (let i = 0; i < this.length; ++i) differ += this.behind[i] !== bytes[this.end + i];
    this.ring.put(EventKind.BufferOverrun, this.number, differ, this.length, time, this.end,
                  position);
    return true;
  }

  noteHeld(held, start, time) {
    let count = 0;
    for (let i = 0; i < held.length; ++i) count += held[i] !== 0;
    if (count === 0) return;
    this.ring.put(EventKind.BufferHeld, this.number, count, held.length, time, start, 0);
    this.ring.putPayload(held, 0, held.length);
  }
}
