import { load } from '../emscripten.mjs';

const module = await load();
const pointer = module._addTwice();
const types = ['number', 'number'];
const result = await module.ccall('call', 'number', types, [pointer, 21], { async: true });
console.log(result === 42 ? 'pointer works' : `${result}`);
