import { isMended, load } from '../emscripten.mjs';

const module = await load();
const list = isMended ?
  await module.ccall('makeList', 'number', ['number'], [3], { async: true }) :
  module.ccall('makeList', 'number', ['number'], [3]);
console.log(`list: ${list}`);
