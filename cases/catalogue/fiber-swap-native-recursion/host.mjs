// Two coroutines take turns. The host starts the next one where the last has unwound, in a function
// that calls itself; the mended host comes back to a loop, a trampoline, before each switch.

import { Host, instantiate, isMended } from '../host.mjs';

const kSwitches = 40_000;
let running;
let switches = 0;
const { exports } = await instantiate({ env: { yield: () => running.suspend(() => {}) } });
const hosts = [new Host(exports, 1024, 256), new Host(exports, 2048, 256)];

function resume(at) {
  running = hosts[at];
  if (switches >= 2) exports.asyncify_start_rewind(running.buffer);
  switches += 1;
  exports.coroutine();
  exports.asyncify_stop_unwind();
  if (!isMended && switches < kSwitches) resume(1 - at);
}

if (isMended) while (switches < kSwitches) resume(switches % 2);
else resume(0);
console.log(`switches: ${switches}`);
