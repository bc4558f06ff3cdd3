// The import returns at the end of the rewind, but does not call stop_rewind. The state stays 2:
// instrumented functions skip their bodies, here and in every call that comes, and nobody throws.

import { Host, instantiate, isMended, kRewinding, turn } from '../host.mjs';

let host;
const nap = () => {
  if (!isMended && host.state === kRewinding) return;
  host.suspend(turn);
};
const { exports } = await instantiate({ env: { nap } });
host = new Host(exports, 1024, 256);

const result = new Int32Array(exports.memory.buffer, 16, 1);
await host.call('run', 20);
console.log(`run: ${result[0]} of 42`);
result[0] = 0;
await host.call('twice', 7);
console.log(`twice: ${result[0]} of 14`);
