// The host's half of Asyncify, for a module that exports the control functions.
//
// One suspended stack at a time, one buffer, allocated once:
//
//   data + 0   pointer  position   where the next record goes, or the last one ends
//   data + p   pointer  end
//   data + 2p           records ...        p: size of a pointer, 4 bytes or (wasm64) 8
//
// call() keeps the protocol of a correct host: it waits until the call has really completed, hands
// the same arguments in again at every rewind, and does nothing to the instance in between.

const kNormal = 0;
const kUnwinding = 1;
const kRewinding = 2;

export class AsyncifyHost {
  cyclesCompleted = 0;

  // `wait` is what the program is suspended for; it returns a promise.
  constructor({ bufferSize = 4096, pointerBytes = 4, wait = nextTurn } = {}) {
    this.bufferSize = bufferSize;
    this.pointerBytes = pointerBytes;
    this.wait = wait;
  }

  // `exports` are those of the instance, `allocate` gives memory in it.
  attach(exports, allocate, memory = exports.memory) {
    this.exports = exports;
    this.memory = memory;
    this.data = allocate(2 * this.pointerBytes + this.bufferSize);
    if (!this.data) throw new Error('no memory for the Asyncify buffer');
  }

  // The buffer is filled anew by every unwind.
  #emptyBuffer() {
    const { data, memory, bufferSize, pointerBytes } = this;
    const start = Number(data) + 2 * pointerBytes;
    const view = new DataView(memory.buffer);
    for (const [at, value] of [start, start + bufferSize].entries()) {
      const address = Number(data) + at * pointerBytes;
      if (pointerBytes === 8) view.setBigUint64(address, BigInt(value), true);
      else view.setUint32(address, value, true);
    }
  }

  // What a suspending import does before it returns. It is entered twice per cycle: to begin the
  // unwind, when what it returns is thrown away, and at the end of the rewind, when that counts.
  suspendingImport(shouldSuspend) {
    const { exports } = this;
    if (exports === undefined) return;  // the instance is still being set up
    if (exports.asyncify_get_state() === kRewinding) {
      exports.asyncify_stop_rewind();
      this.cyclesCompleted += 1;
      return;
    }
    if (!shouldSuspend()) return;
    this.#emptyBuffer();
    exports.asyncify_start_unwind(this.data);
  }

  // Calls an export that may suspend, and waits until it has completed.
  async call(name, ...args) {
    const { exports } = this;
    let result = exports[name](...args);
    while (exports.asyncify_get_state() === kUnwinding) {
      exports.asyncify_stop_unwind();
      await this.wait();
      exports.asyncify_start_rewind(this.data);
      result = exports[name](...args);
    }
    if (exports.asyncify_get_state() !== kNormal) {
      throw new Error(`${name} returned in the middle of a rewind`);
    }
    return result;
  }
}

function nextTurn() {
  return new Promise((resume) => setImmediate(resume));
}
