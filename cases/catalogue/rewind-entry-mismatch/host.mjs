// The host was written for a program with one entry: it rewinds into `run`, whatever was unwound.

import { Host, instantiate, isMended, kUnwinding, turn } from '../host.mjs';

let host;
const { exports } = await instantiate({ env: { nap: () => host.suspend(turn) } });

class OneEntryHost extends Host {
  async call(name, n) {
    let result = exports[name](n);
    while (this.state === kUnwinding) {
      exports.asyncify_stop_unwind();
      await this.pending;
      exports.asyncify_start_rewind(this.buffer);
      exports.run(n);
    }
    return result;
  }
}

host = new (isMended ? Host : OneEntryHost)(exports, 1024, 256);
console.log(`quick: ${await host.call('quick', 7)} of 14`);
