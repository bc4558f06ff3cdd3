// Whether memory outside the buffer stays as it is while a stack unwinds, and while it rewinds.
//
// Comparing all of memory costs milliseconds, so it is done for the first few suspends that begin in
// a way not seen before (those whose stack is captured too), and not for very large memories. Every
// comparison leaves an event, so that the trace says what was looked at.

import {EventKind} from './events.mjs';

const kChecks = 4;                  // in the life of a thread
const kMemoryLimit = 64 << 20;      // bytes
const kHeaderBytes = 16;            // position and end, at most

// Node compares a page at once; elsewhere it is done in words.
const kPage = 1 << 16;
const samePage = globalThis.Buffer?.compare
  ? (a, b) => globalThis.Buffer.compare(a, b) === 0
  : sameWords;

// Pages of memories, that is whole words at whole offsets.
function sameWords(a, b) {
  const one = new Uint32Array(a.buffer, a.byteOffset, a.length >> 2);
  const other = new Uint32Array(b.buffer, b.byteOffset, b.length >> 2);
  let i = 0;
  while (i < one.length && one[i] === other[i]) ++i;
  return i === one.length;
}

// Of two arrays of one length: the first index at which they differ (-1: none), and at how many.
function difference(before, after) {
  let first = -1;
  let count = 0;
  for (let page = 0; page < before.length; page += kPage) {
    const end = Math.min(page + kPage, before.length);
    if (samePage(before.subarray(page, end), after.subarray(page, end))) continue;
    for (let at = page; at < end; at++) {
      if (before[at] === after[at]) continue;
      if (first < 0) first = at;
      count += 1;
    }
  }
  return {first, count};
}

export class MemoryCheck {
  constructor(ring) {
    this.ring = ring;
    this.left = kChecks;
    this.copy = null;   // memory when the unwind or the rewind under way began
    this.again = false;  // the cycle under way is one that is looked at
  }

  // At the start of an unwind; `wanted`: it is of a new kind.
  beginUnwind(bytes, wanted) {
    this.again = wanted && this.left > 0;
    if (this.again) this.left -= 1;
    this.begin(bytes);
  }

  begin(bytes, always = false) {
    this.copy = (this.again || always) && bytes.length > 0 && bytes.length <= kMemoryLimit ? bytes.slice() : null;
  }

  // At the end of it. The buffer's header at `pointer` and its bytes [start, position) may differ.
  end(instance, time, state, bytes, pointer, start, position, sp) {
    const {copy} = this;
    this.copy = null;
    if (copy === null || copy.length !== bytes.length) return;
    copy.set(bytes.subarray(pointer, pointer + kHeaderBytes), pointer);
    copy.set(bytes.subarray(start, Math.max(start, position)), start);
    const {first, count} = difference(copy, bytes);
    if (count === 0) {
      this.ring.put(EventKind.MemoryUntouched, instance, 0, state, time, copy.length, 0);
    } else {
      this.ring.put(EventKind.MemoryWritten, instance, count, state, time, first, sp);
    }
  }
}
