// An event comes in while the job sleeps: it collects, and allocates.

import { isMended, load } from '../emscripten.mjs';

const module = await load();
const base = module.stackSave();
const done = module.ccall('job', null, [], [], { async: true });
const records = module.records();
const [begin, end] = isMended ? records : [0, 0];
module._collect(begin, end, module.stackSave(), base);
module._allocate(99);
await done;
