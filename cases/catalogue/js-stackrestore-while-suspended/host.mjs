// A helper that puts arguments on the C stack, calls, and restores the stack pointer. When the call
// was suspended that lifts it over frames that are asleep: the next event writes over them.

import { isMended, load } from '../emscripten.mjs';

const module = await load();

function withStack(body) {
  const top = module.stackSave();
  const restore = () => module.stackRestore(top);
  const done = body(module.stackAlloc(16));
  if (isMended) return done.then(restore);
  restore();
  return done;
}

const done = withStack((argument) => {
  new Int32Array(module.asm.memory.buffer)[argument >> 2] = 7;
  return module.ccall('job', null, ['number'], [argument], { async: true });
});
module._event(3);
await done;
