// The invoke_* frames on the stack, with the C stack pointer that each was entered with first, and the
// opportunity in whose rewind it was entered again (-1: it was not).
//
// A stack that sleeps keeps its frames: other calls come and go before it is rewound.

const kStacksKept = 256;

export class InvokeFrames {
  constructor() {
    this.pointers = [];
    this.numbers = [];
    this.depth = 0;
    this.asleep = new Map();  // data pointer → {pointers, numbers}
  }

  enter(sp) {
    const level = this.depth++;
    this.pointers[level] = sp;
    this.numbers[level] = -1;
    return level;
  }

  // While rewinding: the frames are those of the unwind, in the same order.
  enterAgain(number) {
    const level = this.depth++;
    if (level < this.numbers.length) this.numbers[level] = number;
    return level;
  }

  leave(level) {
    this.depth = level;
  }

  sleep(pointer) {
    if (this.pointers.length === 0) return;
    if (this.asleep.size >= kStacksKept) this.asleep.clear();
    this.asleep.set(pointer, {pointers: this.pointers, numbers: this.numbers});
    this.pointers = [];
    this.numbers = [];
  }

  wake(pointer) {
    const {pointers, numbers} = this.asleep.get(pointer) ?? {pointers: [], numbers: []};
    this.asleep.delete(pointer);
    this.pointers = pointers;
    this.numbers = numbers;
  }
}
