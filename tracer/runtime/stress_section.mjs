// What the rewriter says of a module in which suspends are to be forced; stress_section.h draws the
// custom section.

import {engine, kOwnPrefix} from './engine.mjs';

const kInternalControl = 1;
const kSharedMemory = 2;

const kI64 = 0x7e;
const kNumbers = [0x7f, 0x7e, 0x7d, 0x7c];

class SectionReader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  byte() {
    return this.bytes[this.at++];
  }

  leb() {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
  }

  name() {
    const length = this.leb();
    this.at += length;
    return new TextDecoder().decode(this.bytes.subarray(this.at - length, this.at));
  }

  list(read) {
    return Array.from({length: this.leb()}, (_, index) => read(index));
  }
}

// What an import returns whose result does not matter.
function zeroOf(types) {
  const zeros = types.map((type) => type === kI64 ? 0n : kNumbers.includes(type) ? 0 : null);
  return zeros.length > 1 ? zeros : zeros[0];
}

// {internalControl, sharedMemory, largestRecord, imports, dataSegments, offsets}; null for a module that was
// rewritten without. imports: [{index, module, name, suspending, parameters, zero}].
export function readStressSection(module) {
  const [section] = engine.customSections(module, kOwnPrefix + 'stress');
  if (section === undefined) return null;
  const reader = new SectionReader(new Uint8Array(section));
  const flags = reader.leb();
  return {
    internalControl: (flags & kInternalControl) !== 0,
    sharedMemory: (flags & kSharedMemory) !== 0,
    largestRecord: reader.leb(),
    imports: reader.list((index) => ({
                           index,
                           module: reader.name(),
                           name: reader.name(),
                           suspending: reader.byte() === 1,
                           parameters: reader.leb(),
                           zero: zeroOf(reader.list(() => reader.byte())),
                         })),
    dataSegments: reader.list(() => ({address: reader.leb(), length: reader.leb()})),
    offsets: reader.list(() => ({probed: reader.leb(), original: reader.leb()})),
  };
}
