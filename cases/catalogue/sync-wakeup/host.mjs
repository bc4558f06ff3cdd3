// Counts how often the event loop gets a turn while the program works.

import { load } from '../emscripten.mjs';

const module = await load();
let ticks = 0;
let isDone = false;
const tick = () => {
  if (isDone) return;
  ticks += 1;
  setImmediate(tick);
};
const work = module.ccall('work', 'number', ['number'], [5], { async: true });
setImmediate(tick);
await work;
isDone = true;
console.log(`ticks: ${ticks === 0 ? 'none' : 'some'}`);
