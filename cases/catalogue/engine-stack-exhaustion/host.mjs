// Prints what main throws: at the end of the stack Node cannot always say it.

import { load } from '../emscripten.mjs';

const module = await load();
try {
  module.callMain([]);
} catch (error) {
  console.log(`${error}`);
  process.exitCode = 1;
}
