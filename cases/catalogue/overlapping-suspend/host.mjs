// Starts the second call before the first has completed, as two event handlers do.

import { isMended, load } from '../emscripten.mjs';

const module = await load();
const call = async (name, x) => {
  console.log(`${name}: ${await module.ccall(name, 'number', ['number'], [x], { async: true })}`);
};
if (isMended) {
  await call('slow', 1);
  await call('quick', 2);
} else {
  await Promise.all([call('slow', 1), call('quick', 2)]);
}
