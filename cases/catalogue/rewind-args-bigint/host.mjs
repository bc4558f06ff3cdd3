import { isMended, load } from '../emscripten.mjs';

const module = await load();
const x = isMended ? 42 : 42n;
console.log(`half: ${await module.ccall('half', 'number', ['number'], [x], { async: true })}`);
