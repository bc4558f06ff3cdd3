import { load, wait } from '../emscripten.mjs';

const module = await load();
try {
  console.log(`reply: ${await module.ccall('ask', 'number', ['number'], [3], { async: true })}`);
} catch (error) {
  console.log(`first: ${error.message}`);
}
await wait(10);
console.log('still alive');
