// Copies of Asyncify buffers into the trace: at the end of each unwind, and again at the start of a
// rewind when the bytes are no longer the same.

import {EventKind, kPayloadLimit} from './events.mjs';

const kBuffersKept = 256;

export class SnapshotBook {
  constructor(ring) {
    this.ring = ring;
    this.buffers = new Map();  // data pointer → {number, address, length, bytes}
    this.next = 0;
  }

  // The region [begin, end) of `memory`, a Uint8Array, as it is when its unwind has ended.
  take(instance, time, pointer, memory, begin, end) {
    if (!(begin >= 0 && begin <= end && end <= memory.length)) return;
    const length = end - begin;
    const kept = Math.min(length, kPayloadLimit);
    let buffer = this.buffers.get(pointer);
    if (buffer !== undefined && this.same(buffer, memory, begin, length)) {
      this.ring.put(EventKind.Snapshot, instance, buffer.number, 0, time, begin, length);
      return;
    }
    if (buffer === undefined) {
      if (this.buffers.size >= kBuffersKept) this.buffers.clear();
      buffer = {number: 0, address: 0, length: 0, bytes: new Uint8Array(256)};
      this.buffers.set(pointer, buffer);
    }
    if (buffer.bytes.length < kept) buffer.bytes = new Uint8Array(kept * 2);
    const {bytes} = buffer;
    for (let i = 0; i < kept; ++i) bytes[i] = memory[begin + i];
    buffer.number = this.next++;
    buffer.address = begin;
    buffer.length = length;
    this.ring.put(EventKind.Snapshot, instance, buffer.number, kept, time, begin, length);
    this.ring.putPayload(bytes, 0, kept);
  }

  // At the start of the rewind of that buffer: taken again only if it has changed since.
  check(instance, time, pointer, memory) {
    const buffer = this.buffers.get(pointer);
    if (buffer === undefined) return;
    const {address, length} = buffer;
    if (address + length > memory.length || this.same(buffer, memory, address, length)) return;
    this.take(instance, time, pointer, memory, address, address + length);
  }

  same(buffer, memory, begin, length) {
    if (buffer.address !== begin || buffer.length !== length) return false;
    const {bytes} = buffer;
    const kept = Math.min(length, kPayloadLimit);
    for (let i = 0; i < kept; ++i) {
      if (bytes[i] !== memory[begin + i]) return false;
    }
    return true;
  }
}
