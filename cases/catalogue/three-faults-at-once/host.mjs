import { isMended, load, wait } from '../emscripten.mjs';

const module = await load();
const asked = isMended ?
  await module.ccall('buy', 'number', ['number'], [5], { async: true }) :
  module.ccall('buy', 'number', ['number'], [5]);
await wait(20);
console.log(`asked: ${asked}, spent: ${module.spent}`);
