// Runs programs on one variant of our own interpreter, and says of each what it did. Every program
// has an instance of its own; the interpreter's clock and counters begin anew with each.

import { runInterp } from '../../../interp/host.mjs';
import { parsePolicy } from '../policy.mjs';

// Jumps back and calls per hook: hooks then come about as often as in MicroPython, one per ten of
// its branches.
const kHookInterval = 5;

export class InterpRunner {
  constructor({ variant, policy }) {
    const { kind, amount, stepUs } = parsePolicy(policy);
    this.options = {
      variantDir: variant,
      policy: `${kind === 'ms' ? 'real' : kind}:${amount}`,
      hookInterval: kHookInterval,
      virtualStep: stepUs,
    };
  }

  // Never throws for a program that fails: `error` is then what was thrown.
  async run({ source, path }) {
    const result = await runInterp({ ...this.options, source, filename: path });
    const { output, ms, yields, resumes: cyclesCompleted, virtualMs } = result;
    return { error: failure(result), output, ms, yields, cyclesCompleted, virtualMs };
  }
}

// What the run failed with: an error of the variant itself, or an uncaught Python exception.
function failure({ error, status, errorOutput }) {
  if (error !== null) return error;
  if (status === 0) return null;
  return new Error(`exit status ${status}: ${errorOutput.trimEnd().split('\n').at(-1)}`);
}
