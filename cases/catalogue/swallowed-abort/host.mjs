// "Not every program has this hook": the catch is for a missing one, and swallows the abort of a
// call that lacks its async option.

import { isMended, load } from '../emscripten.mjs';

const module = await load({ printErr: () => {} });

async function callHook(x) {
  try {
    const options = isMended ? { async: true } : {};
    return await module.ccall('compute', 'number', ['number'], [x], options);
  } catch {
    return 0;
  }
}

console.log(`result: ${await callHook(21)}`);
