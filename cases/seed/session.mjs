// Programs on one build of one VM under one yield policy, and the row of the table for each.
//
// Every figure of a row belongs to that run alone, but for `counter`: the yields since the session
// began, which is what the published table showed.

import { expectedOutput, readSource } from './programs.mjs';

const kRunners = {
  micropython: async () => (await import('./micropython/runner.mjs')).MicroPythonRunner,
  interp: async () => (await import('./interp/runner.mjs')).InterpRunner,
};

export class Session {
  #runner = null;
  #counter = 0;

  constructor(options) {
    this.options = options;
  }

  // Returns the row, and beside it `output` and what was thrown, or null, as `error`.
  async run(program) {
    this.#runner ??= new (await kRunners[this.options.vm]())(this.options);
    const run = await this.#runner.run({ source: readSource(program), path: program.path });
    const error = run.error ?? compareOutput(run.output, expectedOutput(program));
    this.#counter += run.yields;
    const row = {
      program: program.number,
      title: program.title,
      outcome: error === null ? 'pass' : 'fail',
      ms: round(run.ms),
      virtualMs: round(run.virtualMs),
      counter: this.#counter,
      yields: run.yields,
      cyclesCompleted: run.cyclesCompleted,
      error: error === null ? null : String(error).split('\n', 1)[0],
    };
    return { row, output: run.output, error };
  }
}

function compareOutput(actual, expected) {
  if (actual === expected) return null;
  const [got, want] = [actual, expected].map((text) => JSON.stringify(text));
  return new Error(`wrong output: ${got}, python3 prints ${want}`);
}

function round(ms) {
  return Math.round(ms * 10) / 10;
}
