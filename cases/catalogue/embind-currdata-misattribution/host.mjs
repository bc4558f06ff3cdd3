import { isMended, load, wait } from '../emscripten.mjs';

const module = await load();
module.callMain([]);
if (isMended) await wait(20);
console.log(`answer: ${module.answer()}`);
