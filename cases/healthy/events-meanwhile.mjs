// Events come in while the call sleeps, with allocations of their own; what was given to it is
// freed when it has completed.
import { load } from '../catalogue/emscripten.mjs';

const module = await load();
for (let round = 0; round < 3; ++round) {
  const text = module._malloc(32);
  new Uint8Array(module.asm.memory.buffer).set([104, 105, 0], text);
  const done = module.ccall('work', 'number', ['number'], [text], { async: true });
  const other = module._malloc(100);
  module._onEvent(3);
  module._onEvent(4);
  module._free(other);
  await done;
  module._free(text);
}
