// The reading end of a ring for the thread that also writes it, as in a page, where no other thread can
// see it. What ring.cpp does for a ring that another thread fills meanwhile is not needed here.

import {kEventsHeaderSize, kRingCapacityOffset, kRingHeadOffset, kRingLostOffset, kRingSlotsOffset,
        kRingTailOffset, kSlotBytes} from './events.mjs';

export class RingReader {
  // `bytes`: the whole memory of a ring, which is never grown.
  constructor(bytes) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.capacity = this.view.getUint32(kRingCapacityOffset, true);
  }

  waiting() {
    return this.load(kRingHeadOffset) - this.load(kRingTailOffset);
  }

  // The next slots, at most `limit` of them, as the payload of an EVTS chunk; null when none wait.
  drain(limit) {
    const {bytes, view, capacity} = this;
    const head = this.load(kRingHeadOffset);
    const tail = this.load(kRingTailOffset);
    const first = Math.max(tail, head - capacity);
    const end = Math.min(head, first + limit);
    if (first >= end) return null;
    const lost = this.load(kRingLostOffset) + first - tail;
    this.store(kRingLostOffset, lost);
    this.store(kRingTailOffset, end);
    const payload = new Uint8Array(kEventsHeaderSize + (end - first) * kSlotBytes);
    const header = new DataView(payload.buffer);
    header.setBigUint64(0, BigInt(first), true);
    header.setBigUint64(8, BigInt(lost), true);
    const place = first % capacity;
    const straight = Math.min(end - first, capacity - place);
    const at = kRingSlotsOffset + place * kSlotBytes;
    payload.set(bytes.subarray(at, at + straight * kSlotBytes), kEventsHeaderSize);
    payload.set(bytes.subarray(kRingSlotsOffset, kRingSlotsOffset + (end - first - straight) * kSlotBytes),
                kEventsHeaderSize + straight * kSlotBytes);
    return payload;
  }

  // Numbers of slots stay far below 2^53.
  load(offset) {
    return Number(this.view.getBigUint64(offset, true));
  }

  store(offset, value) {
    this.view.setBigUint64(offset, BigInt(value), true);
  }
}
