// The host writes position and end as 64-bit numbers, as a module of wasm64 would have them: the
// upper half of position falls on end, which is 0 from then on.

import { Host, instantiate, isMended, turn } from '../host.mjs';

class WideHost extends Host {
  emptyBuffer() {
    const header = new DataView(this.memory.buffer, this.buffer, 16);
    header.setUint32(4, this.buffer + this.size, true);
    header.setBigUint64(0, BigInt(this.buffer + 8), true);
  }
}

let host;
const { exports } = await instantiate({ env: { sleep: () => host.suspend(turn) } });
host = new (isMended ? Host : WideHost)(exports, 1024, 256);
await host.call('run');
console.log('slept');
