// The host keeps a scratch arena at 1024 for the arguments of its calls, empties it when a call has
// returned, and took the buffer from it too. But a call that returned may have been suspended: the
// event that comes in meanwhile gets the same memory, and its bytes lie over the records.

import { Host, instantiate, isMended, turn } from '../host.mjs';

let host;
const from = Number(process.argv[4]);

// The event overwrites four bytes: at 8 lies the call index of the first record, at 12 and 16 its
// locals.
async function onEvent() {
  await turn();
  new Uint8Array(exports.memory.buffer, 1024, 64).fill(10, from, from + 4);
}

const { exports } = await instantiate({ env: { sleep: () => host.suspend(onEvent) } });
host = new Host(exports, isMended ? 8192 : 1024, 256);
console.log(`sum: ${await host.call('add', 4)}`);
