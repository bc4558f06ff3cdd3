// The pool of threads keeps the process alive.

import { load } from '../emscripten.mjs';

const module = await load({ onDone: () => setImmediate(() => process.exit(0)) });
module.callMain([]);
