// Asyncify keeps the locals of each task, not its part of the C stack. The second task begins where
// the first stopped, the first ends and gives everything back, and the fourth takes the frame of
// the second.

import { Host, instantiate, isMended, turn, kUnwinding } from '../host.mjs';

let running;
const { exports } = await instantiate({ env: { yield: () => running.host.suspend(turn) } });
const pointer = exports.__stack_pointer;

// A task of its own buffer, and in the mended twin of its own C stack.
class Task {
  constructor(number, yields) {
    this.host = new Host(exports, 1024 * (1 + number), 256);
    this.top = isMended ? 32768 - 4096 * number : undefined;
    this.arguments = [number, yields];
    this.isStarted = false;
  }

  // Gives it a turn; returns its result when it has ended.
  turn() {
    running = this;
    const before = pointer.value;
    if (this.top !== undefined) pointer.value = this.top;
    if (this.isStarted) exports.asyncify_start_rewind(this.host.buffer);
    this.isStarted = true;
    const result = exports.task(...this.arguments);
    if (this.top !== undefined) {
      this.top = pointer.value;
      pointer.value = before;
    }
    if (this.host.state !== kUnwinding) return result;
    exports.asyncify_stop_unwind();
    return undefined;
  }
}

const tasks = [new Task(1, 1), new Task(2, 2), new Task(3, 1), new Task(4, 1)];
tasks[0].turn();
tasks[1].turn();
tasks[0].turn();  // the first ends
tasks[2].turn();  // the third and the fourth begin
tasks[3].turn();
tasks[1].turn();
console.log(`second task: it is ${tasks[1].turn()}`);
