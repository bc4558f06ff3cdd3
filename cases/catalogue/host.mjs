// A minimal honest host of Asyncify, for modules without Emscripten's glue.
//
// It owns the buffer, keeps the protocol, and waits: call() returns what the export returns when it
// has really completed. The mistakes of the catalogue are made in the hosts of the cases, never
// here.
//
//   buffer + 0   u32   position
//   buffer + 4   u32   end
//   buffer + 8         records ...

import { readFileSync } from 'node:fs';

export const kNormal = 0;
export const kUnwinding = 1;
export const kRewinding = 2;

// What run.mjs puts on the command line: the built module, and which of the twins this is.
export const modulePath = process.argv[2];
export const isMended = process.argv[3] === 'mended';

export const turn = () => new Promise((resume) => setImmediate(resume));
export const wait = (ms) => new Promise((resume) => setTimeout(resume, ms));

// The instance of `file` with these imports.
export async function instantiate(imports, file = modulePath) {
  const { instance } = await WebAssembly.instantiate(readFileSync(file), imports);
  return instance;
}

export class Host {
  // `buffer` is an address in the memory of `exports` with `size` bytes behind it.
  constructor(exports, buffer, size) {
    Object.assign(this, { exports, buffer, size });
    this.memory = exports.memory;
    this.cycles = 0;
    this.pending = null;   // what the stack that is unwinding waits for
    this.value = undefined;
  }

  get state() {
    return this.exports.asyncify_get_state();
  }

  // Every unwind fills the buffer from its start.
  emptyBuffer() {
    const header = new DataView(this.memory.buffer, this.buffer, 8);
    header.setUint32(0, this.buffer + 8, true);
    header.setUint32(4, this.buffer + this.size, true);
  }

  // The body of a suspending import. It is entered twice per cycle; `start` runs the first time
  // only and returns the promise that is waited for, whose value the import returns in the end.
  suspend(start) {
    if (this.state === kRewinding) {
      this.exports.asyncify_stop_rewind();
      this.cycles += 1;
      return this.value;
    }
    this.pending = start();
    this.emptyBuffer();
    this.exports.asyncify_start_unwind(this.buffer);
    return 0;
  }

  // Calls an export and resolves when it has completed.
  async call(name, ...args) {
    let result = this.exports[name](...args);
    while (this.state === kUnwinding) {
      this.exports.asyncify_stop_unwind();
      this.value = await this.pending;
      this.exports.asyncify_start_rewind(this.buffer);
      result = this.exports[name](...args);
    }
    return result;
  }
}
