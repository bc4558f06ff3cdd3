// Three tests in one process. Only the first is long enough to yield.

import { load } from '../emscripten.mjs';

const module = await load();
for (const [at, rounds] of [150, 10, 10].entries()) {
  const yields = await module.ccall('run', 'number', ['number'], [rounds], { async: true });
  console.log(`test ${at + 1}: yields ${yields}`);
}
