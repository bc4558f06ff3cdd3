import { load } from '../emscripten.mjs';

const module = await load();
const call = (name, x) => module.ccall(name, 'number', ['number'], [x], { async: true });
try {
  console.log(`job 1: ${await call('parse', -1)}`);
} catch (error) {
  console.log(`job 1: ${error.message}`);
}
let ticks = 0;
const timer = setInterval(() => { ticks += 1; }, 1);
await call('poll', 10);
clearInterval(timer);
console.log(`job 2: ticks ${ticks === 0 ? 'none' : 'some'}`);
