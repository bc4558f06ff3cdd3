// postRun is called when main has returned; main returns, with nothing done, when it first sleeps.

import { isMended, load } from '../emscripten.mjs';

const start = (module) => console.log(`postRun: loaded ${module._loadedOf()} of 3`);
await load({ noInitialRun: false, ...(isMended ? { onDone: start } : { postRun: [start] }) });
