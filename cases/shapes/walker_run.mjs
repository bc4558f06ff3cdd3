// Runs a module made of walker.wat.in, suspending at every leaf.
//
//   node walker_run.mjs MODULE [4|8]    4 or 8: the bytes of a pointer in it

import { readFile } from 'node:fs/promises';
import { AsyncifyHost } from '../seed/asyncify_host.mjs';

const kDepth = 7;
const kBufferAt = 1024;

// What the walk comes to when nothing ever suspends.
function expected(depth) {
  return depth === 0 ? 7 : expected(depth - 1) * 4 + depth;
}

const [path, pointerText = '4'] = process.argv.slice(2);
const pointerBytes = Number(pointerText);
const asyncify = new AsyncifyHost({ pointerBytes });
const bytes = await readFile(path);
const { instance } = await WebAssembly.instantiate(bytes, {
  env: {
    pause_for(value) {
      asyncify.suspendingImport(() => true);
      return value;
    },
  },
});
const { exports } = instance;
const bufferAt = pointerBytes === 8 ? BigInt(kBufferAt) : kBufferAt;
asyncify.attach(exports, () => bufferAt, exports.records);  // undefined but for two memories
const value = await asyncify.call('run', kDepth);
console.log(`walk: ${value}, cycles: ${asyncify.cyclesCompleted}`);
process.exitCode = value === expected(kDepth) ? 0 : 1;
