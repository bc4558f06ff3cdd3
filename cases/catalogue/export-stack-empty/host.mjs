// Emscripten notes which export was entered, in the wrappers that it puts around them, and enters
// it again to rewind. What is called through the table has no wrapper.

import { isMended, load, wait } from '../emscripten.mjs';

const module = await load();
const pointer = module._callback();
if (isMended) module.asm.dynCall_v(pointer);
else module.asm.__indirect_function_table.get(pointer)();
await wait(10);
