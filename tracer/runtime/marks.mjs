// Where the interpreted program stands, for interpreters that tell: they call
//
//   globalThis.asyncscope?.registerPosition(memory, pointer)
//
// once, and keep a struct of eight u32 in their memory up to date:
//
//   pointer + 0        4       8      12          16     20          24                28
//           +----------+-------+------+-----------+------+-----------+-----------------+------+
//           | version 1| depth | code name, length| file name, length| bytecode offset | line |
//           +----------+-------+------+-----------+------+-----------+-----------------+------+
//
// It is read when an unwind starts and when a rewind has ended, and costs the interpreter nothing.

import {EventKind} from './events.mjs';
import {encodePayload} from './ring.mjs';
import {TextNumbers} from './stacks.mjs';

const kVersion = 1;
const kStructWords = 8;
const kNameLimit = 1024;

export class MarkBook {
  constructor(ring) {
    this.ring = ring;
    this.texts = new TextNumbers();
    this.names = new Map();  // address → {bytes, text}
    this.memory = null;
    this.pointer = 0;
    this.number = -1;        // of the last mark; -1: none
    this.last = new Uint32Array(kStructWords);
    this.view = new Uint32Array(0);
    this.bytes = new Uint8Array(0);
  }

  register(memory, pointer) {
    this.memory = memory;
    this.pointer = pointer >>> 0;
    this.view = new Uint32Array(0);
    this.number = -1;
    this.names.clear();
  }

  // Writes a Mark; does nothing when no interpreter has registered, or its struct makes no sense.
  write(instance, time) {
    if (this.memory === null || !this.refresh()) return;
    const {view, last} = this;
    let same = this.number >= 0;
    for (let i = 0; i < kStructWords; ++i) {
      if (last[i] === view[i]) continue;
      last[i] = view[i];
      same = false;
    }
    const [, depth, code, codeLength, file, fileLength, offset, line] = last;
    const codeName = this.name(code, codeLength);
    const fileName = this.name(file, fileLength);
    if (same && !codeName.isNew && !fileName.isNew) {
      this.ring.put(EventKind.Mark, instance, depth, 0, time, this.number, 0);
      return;
    }
    const text =
        JSON.stringify({depth, code: codeName.text, file: fileName.text, offset, line});
    const {number, isNew} = this.texts.of(text);
    this.number = number;
    const payload = isNew ? encodePayload(text) : null;
    this.ring.put(EventKind.Mark, instance, depth, isNew ? payload.length : 0, time, number, 0);
    if (isNew) this.ring.putPayload(payload, 0, payload.length);
  }

  // Views are made anew where the memory has grown; false: the struct is not there.
  refresh() {
    if (this.view.length === 0) {
      let buffer;
      try {
        buffer = this.memory.buffer;
        this.view = new Uint32Array(buffer, this.pointer, kStructWords);
        this.bytes = new Uint8Array(buffer);
      } catch {
        return false;
      }
    }
    return this.view[0] === kVersion;
  }

  // Names change seldom: one is decoded when its bytes are other than those seen at that address.
  name(address, length) {
    const {bytes} = this;
    const end = Math.min(address + Math.min(length, kNameLimit), bytes.length);
    const known = this.names.get(address);
    if (known !== undefined && known.bytes.length === end - address) {
      let i = address;
      while (i < end && bytes[i] === known.bytes[i - address]) ++i;
      if (i === end) {
        known.isNew = false;
        return known;
      }
    }
    const copy = bytes.slice(address, Math.max(address, end));
    const entry = {bytes: copy, text: new TextDecoder().decode(copy), isNew: true};
    if (this.names.size >= kNameLimit) this.names.clear();
    this.names.set(address, entry);
    return entry;
  }
}
