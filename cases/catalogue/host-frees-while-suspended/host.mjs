// Allocates the argument, calls, frees: as one does, but the call has not completed. The next job
// gets the same block.

import { isMended, load } from '../emscripten.mjs';

const module = await load();
const stringOf = (text) => {
  const bytes = [...text].map((letter) => letter.charCodeAt(0));
  const address = module._malloc(32);
  new Uint8Array(module.asm.memory.buffer).set([...bytes, 0], address);
  return address;
};

const argument = stringOf('hello');
const call = module.ccall('lengthOf', null, ['number'], [argument], { async: true });
if (isMended) await call;
module._free(argument);
const other = stringOf('abcdefghijklmnopqrstuvwxyz');
await call;
module._free(other);
console.log(`length: ${module._resultOf()}`);
