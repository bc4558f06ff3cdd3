// The host of programs that need none: main runs, and the process ends when nothing is left to do.

import { load } from './emscripten.mjs';

const module = await load();
module.callMain([]);
