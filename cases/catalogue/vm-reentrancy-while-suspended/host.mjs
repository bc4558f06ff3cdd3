import { isMended, load } from '../emscripten.mjs';

const module = await load();
const done = module.ccall('job', null, ['number'], [1], { async: true });
if (isMended) await done;  // events are queued until the interpreter is free
module._onEvent(2);
await done;
