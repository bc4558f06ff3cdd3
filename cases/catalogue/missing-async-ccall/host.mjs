import { isMended, load } from '../emscripten.mjs';

const module = await load();
const result = isMended ?
  await module.ccall('compute', 'number', ['number'], [21], { async: true }) :
  module.ccall('compute', 'number', ['number'], [21]);
console.log(`result: ${result}`);
