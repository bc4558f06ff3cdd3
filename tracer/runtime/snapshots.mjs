// Copies of Asyncify buffers into the trace: at the end of each unwind, and again at the start of a
// rewind when the bytes are no longer the same.

import {EventKind, kPayloadLimit} from './events.mjs';

const kBuffersKept = 256;

// Of one instance: others of the thread have buffers at the same addresses. `nextNumber` gives the
// numbers of snapshots, which are the thread's.
export class SnapshotBook {
  constructor(ring, instance, nextNumber) {
    this.ring = ring;
    this.instance = instance;
    this.nextNumber = nextNumber;
    this.buffers = new Map();  // data pointer → {number, address, length, bytes, words}
    this.memory = null;             // looked at last, and
    this.words = new Int32Array();  // its words
  }

  // The region [begin, end) of `memory`, a Uint8Array, as it is when its unwind has ended.
  take(time, pointer, memory, begin, end) {
    if (!(begin >= 0 && begin <= end && end <= memory.length)) return;
    const length = end - begin;
    const kept = Math.min(length, kPayloadLimit);
    let buffer = this.buffers.get(pointer);
    if (buffer !== undefined && this.same(buffer, memory, begin, length)) {
      this.ring.put(EventKind.Snapshot, this.instance, buffer.number, 0, time, begin, length);
      return;
    }
    if (buffer === undefined) {
      if (this.buffers.size >= kBuffersKept) this.buffers.clear();
      buffer = {number: 0, address: 0, length: 0, ...roomFor(256)};
      this.buffers.set(pointer, buffer);
    }
    if (buffer.bytes.length < kept) Object.assign(buffer, roomFor(kept * 2));
    const {bytes} = buffer;
    for (let i = 0; i < kept; ++i) bytes[i] = memory[begin + i];
    buffer.number = this.nextNumber();
    buffer.address = begin;
    buffer.length = length;
    this.ring.put(EventKind.Snapshot, this.instance, buffer.number, kept, time, begin, length);
    this.ring.putPayload(bytes, 0, kept);
  }

  // At the start of the rewind of that buffer: taken again only if it has changed since.
  check(time, pointer, memory) {
    const buffer = this.buffers.get(pointer);
    if (buffer === undefined) return;
    const {address, length} = buffer;
    if (address + length > memory.length || this.same(buffer, memory, address, length)) return;
    this.take(time, pointer, memory, address, address + length);
  }

  // Word by word where the region begins at one: in a short cycle this is what costs most.
  same(buffer, memory, begin, length) {
    if (buffer.address !== begin || buffer.length !== length) return false;
    const {bytes} = buffer;
    const kept = Math.min(length, kPayloadLimit);
    let i = 0;
    if (begin % 4 === 0) {
      const {words} = buffer;
      const now = this.wordsOf(memory);
      const first = begin / 4;
      const count = kept >> 2;
      for (let word = 0; word < count; ++word) {
        if (words[word] !== now[first + word]) return false;
      }
      i = count * 4;
    }
    for (; i < kept; ++i) {
      if (bytes[i] !== memory[begin + i]) return false;
    }
    return true;
  }

  wordsOf(memory) {
    if (memory !== this.memory) {
      this.memory = memory;
      this.words = new Int32Array(memory.buffer, 0, memory.length >> 2);
    }
    return this.words;
  }
}

// The same memory as bytes and as words.
function roomFor(length) {
  const words = new Int32Array((length + 3) >> 2);
  return {bytes: new Uint8Array(words.buffer), words};
}
