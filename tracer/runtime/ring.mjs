// The writing end of the ring for JavaScript; tracer/record/ring.h draws the memory.
//
// Events are put after the published head and published together. Only the thread that owns the
// ring uses it, so nothing is locked.

import {engine} from './engine.mjs';
import {EventKind, kPayloadBytesPerSlot, kPayloadLimit, kRingCapacityOffset, kRingHeadOffset,
        kRingMagic, kRingMaximumCapacity, kRingMinimumCapacity, kRingSlotsOffset, kRingTailOffset,
        kRingVersion, kSlotBytes} from './events.mjs';

const kPageBytes = 65536;
const kHeadWord = kRingHeadOffset / 4;
const kTailWord = kRingTailOffset / 4;
const kSlotsWord = kRingSlotsOffset / 4;
const kSlotWords = kSlotBytes / 4;
export const kTwo32 = 4294967296;
export const kNoIndex = 0xffffffff;  // in place of a function, where there is none

// Slots for a ring of so many bytes: a power of two within the limits.
export function ringCapacity(bytes) {
  const slots = 2 ** Math.floor(Math.log2(Math.max(1, bytes / kSlotBytes)));
  return Math.min(Math.max(slots, kRingMinimumCapacity), kRingMaximumCapacity);
}

export class Ring {
  // `shared`: another thread drains it. onPublished(waiting, capacity) is called after each publish with the
  // number of slots that wait to be drained.
  constructor(capacity, shared, onPublished) {
    const pages = Math.ceil((capacity * kSlotBytes + kRingSlotsOffset) / kPageBytes);
    this.memory = new engine.Memory({initial: pages, maximum: pages, shared});
    this.words = new Uint32Array(this.memory.buffer);
    this.bytes = new Uint8Array(this.memory.buffer);
    this.capacity = capacity;
    this.mask = capacity - 1;
    this.words[0] = kRingMagic;
    this.words[1] = kRingVersion;
    this.words[kRingCapacityOffset / 4] = capacity;
    this.onPublished = onPublished;
    this.pending = 0;     // slots put since the last publish
    this.advance = null;  // publishes: the export of any writer module of this ring
  }

  // Low 32 bits of the number of the next slot to be put.
  position() {
    return (this.words[kHeadWord] + this.pending) >>> 0;
  }

  // Index in `words` of the slot of that number.
  word(position) {
    return kSlotsWord + (position & this.mask) * kSlotWords;
  }

  // `position` and `sp` are whole numbers below 2^53.
  put(kind, instance, fn, detail, time, position, sp) {
    const {words} = this;
    const at = this.word(this.position());
    words[at] = kind | instance << 16;
    words[at + 1] = fn;
    words[at + 2] = detail;
    words[at + 3] = time;
    words[at + 4] = position % kTwo32;
    words[at + 5] = position / kTwo32;
    words[at + 6] = sp % kTwo32;
    words[at + 7] = sp / kTwo32;
    ++this.pending;
  }

  // Puts bytes [begin, begin + length) of `source` as the payload of the event before it, and
  // publishes. At most kPayloadLimit bytes.
  putPayload(source, begin, length) {
    const {words} = this;
    const end = begin + length;
    for (let from = begin; from < end; from += kPayloadBytesPerSlot) {
      const at = this.word(this.position());
      const here = Math.min(kPayloadBytesPerSlot, end - from);
      words[at] = EventKind.Payload | here << 16;
      const whole = from + (here & ~3);
      let word = at + 1;
      let i = from;
      for (; i < whole; i += 4) {
        words[word++] =
            source[i] | source[i + 1] << 8 | source[i + 2] << 16 | source[i + 3] << 24;
      }
      if (here < kPayloadBytesPerSlot) {
        let last = 0;
        for (let shift = 0; i < from + here; ++i, shift += 8) last |= source[i] << shift;
        words[word++] = last;
        while (word < at + kSlotWords) words[word++] = 0;
      }
      ++this.pending;
    }
    this.publish();
  }

  publish() {
    if (this.pending !== 0) {
      this.advance(this.pending);
      this.pending = 0;
    }
    const waiting = (this.words[kHeadWord] - this.words[kTailWord]) >>> 0;
    this.onPublished(waiting, this.capacity);
  }
}

const encoder = new TextEncoder();

// UTF-8, cut to what one payload holds.
export function encodePayload(text) {
  const bytes = encoder.encode(text);
  return bytes.length > kPayloadLimit ? bytes.subarray(0, kPayloadLimit) : bytes;
}
