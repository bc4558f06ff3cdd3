// Runs programs on MicroPython one after another in one instance, as the page that published the
// table did, and says of each what it did. An instance that failed is thrown away, never used again:
// what a trap left behind would be measured instead of the next program.

import { MicroPython } from './host.mjs';
import { parsePolicy } from '../policy.mjs';

export class MicroPythonRunner {
  #vm = null;
  #output = [];

  constructor({ wasm, policy, buffer }) {
    this.wasm = wasm;
    this.policy = parsePolicy(policy);
    this.buffer = buffer;
  }

  #load() {
    return MicroPython.load({
      wasm: this.wasm,
      policy: this.policy,
      bufferSize: this.buffer,
      write: (byte) => this.#output.push(byte),
    });
  }

  #counters() {
    const { yields, virtualMs } = this.policy;
    return { yields, cyclesCompleted: this.#vm.cyclesCompleted, virtualMs };
  }

  // Never throws for a program that fails: `error` is then what was thrown. The figures are those
  // of this run alone, although policy and instance live on.
  async run({ source }) {
    this.#vm ??= await this.#load();
    this.#output = [];
    const before = this.#counters();
    const start = performance.now();
    const error = await this.#vm.run(source).then(() => null, (thrown) => thrown);
    const ms = performance.now() - start;
    const after = this.#counters();
    if (error !== null) this.#vm = null;
    return {
      error,
      output: Buffer.from(this.#output).toString(),
      ms,
      yields: after.yields - before.yields,
      cyclesCompleted: after.cyclesCompleted - before.cyclesCompleted,
      virtualMs: after.virtualMs - before.virtualMs,
    };
  }
}
