// setjmp unwinds and rewinds once, to get a copy of the records; longjmp unwinds, throws those
// records away, and rewinds the copy. Records hold locals, not the C stack pointer: the mended host
// keeps it with the copy.

import { Host, instantiate, isMended, kUnwinding } from '../host.mjs';

let host;
let copy;
let action;
const { exports } = await instantiate({
  env: {
    setjmp: () => host.suspend(() => { action = 'set'; }),
    longjmp: () => { action = 'jump'; host.suspend(() => {}); },
  },
});
host = new Host(exports, 1024, 512);
const pointer = exports.__stack_pointer;
const bytes = () => new Uint8Array(exports.memory.buffer, 1024, 512);

function run(rounds) {
  exports.loop(rounds);
  while (host.state === kUnwinding) {
    exports.asyncify_stop_unwind();
    if (action === 'set') {
      copy = { bytes: bytes().slice(), top: pointer.value };
      host.value = 0;
    } else {
      bytes().set(copy.bytes);
      if (isMended) pointer.value = copy.top;
      host.value = 1;
    }
    exports.asyncify_start_rewind(host.buffer);
    exports.loop(rounds);
  }
}

const before = pointer.value;
run(100);
console.log(`C stack lost: ${before - pointer.value}`);
