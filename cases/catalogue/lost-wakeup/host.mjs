import { load } from '../emscripten.mjs';

const module = await load();
console.log(`answer: ${await module.ccall('ask', 'number', [], [], { async: true })}`);
