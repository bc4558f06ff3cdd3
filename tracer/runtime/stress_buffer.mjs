// Where the records of a forced suspend go: memory of the program, borrowed and given back.
//
// Nothing of the program runs between a forced unwind and its rewind, so any bytes will do that the
// frames themselves do not look at, if they are put back before the program goes on. Memory is neither
// allocated nor grown, which the program could see. The buffer is the upper half of the memory or,
// where the C stack pointer is in that, the lower:
//
//   pointer   +p     +2p                                       p: size of a pointer, 4 or 8
//   +--------+------+--------+--------+ … +----------------------------+
//   | start  | end  | record | record |   | not yet saved: no record   |
//   +--------+------+--------+--------+ … + may begin behind `limit`   |
//   | saved, with room for the largest    |                            |
//   | record behind limit                 |                            |
//
// Only the bytes that records reach are copied: the first few, and more as the unwind goes on. A frame
// event tells the position behind its record; when that is behind `limit`, more is saved before the next
// record can be pushed. So no byte is overwritten that was not copied before.

const kFirstBytes = 1024;
const kAlignment = 16;
const kNear = 1 << 12;  // the C stack pointer is kept this far away

export class BorrowedBuffer {
  // `wide`: pointers are 64 bit. `largestRecord`: bytes that one frame may push.
  constructor(wide, largestRecord) {
    this.pointerBytes = wide ? 8 : 4;
    this.first = Math.max(kFirstBytes, 2 * largestRecord);
    this.largestRecord = largestRecord;
    this.pointer = 0;       // of the header
    this.end = 0;
    this.saved = new Uint8Array(this.first);
    this.savedLength = 0;   // bytes from `pointer`
    this.bytes = null;      // view of the program's memory
    this.region = null;     // view of the first bytes of the buffer
  }

  get start() {
    return this.pointer + 2 * this.pointerBytes;
  }

  // Chooses the place; false: there is none. `bytes` is all of the program's memory.
  place(bytes, sp) {
    const half = Math.floor(bytes.length / 2 / kAlignment) * kAlignment;
    // What lies below the C stack pointer is free.
    const below = Math.floor((sp - kNear) / kAlignment) * kAlignment;
    this.pointer = sp <= half ? half : kAlignment;
    this.end = sp <= half ? bytes.length : Math.max(half, below);
    if (this.end - this.pointer < this.first) return false;
    this.bytes = bytes;
    this.region = new Uint8Array(bytes.buffer, this.pointer, this.first);
    return true;
  }

  // Copies the first bytes and writes an empty header. Gives the first position behind which more has
  // to be saved.
  borrow() {
    const {bytes, pointer} = this;
    if (this.saved.length > this.first) this.saved = new Uint8Array(this.first);
    this.saved.set(this.region);
    this.savedLength = this.first;
    this.writePointer(bytes, pointer, this.start);
    this.writePointer(bytes, pointer + this.pointerBytes, this.end);
    return this.limit();
  }

  limit() {
    return this.pointer + this.savedLength - this.largestRecord;
  }

  // A record ended at `position`, behind the limit: saves as much again. Gives the new limit.
  extend(position) {
    const {bytes, pointer, savedLength} = this;
    const wanted = Math.max(2 * savedLength, position - pointer + 2 * this.largestRecord);
    const length = Math.min(wanted, bytes.length - pointer);
    const longer = new Uint8Array(length);
    longer.set(this.saved.subarray(0, savedLength));
    longer.set(bytes.subarray(pointer + savedLength, pointer + length), savedLength);
    this.saved = longer;
    this.savedLength = length;
    return length === bytes.length - pointer ? Infinity : this.limit();
  }

  // Puts back what was there.
  giveBack() {
    if (this.savedLength === this.first) {
      this.region.set(this.saved);
    } else {
      this.bytes.set(this.saved.subarray(0, this.savedLength), this.pointer);
    }
  }

  writePointer(bytes, at, value) {
    bytes[at] = value;
    bytes[at + 1] = value >>> 8;
    bytes[at + 2] = value >>> 16;
    bytes[at + 3] = value >>> 24;
    if (this.pointerBytes === 8) {
      const high = Math.floor(value / 4294967296);
      bytes[at + 4] = high;
      bytes[at + 5] = high >>> 8;
      bytes[at + 6] = high >>> 16;
      bytes[at + 7] = high >>> 24;
    }
  }
}
