// The virtual machines that the benchmarks run programs on, each loaded by its own host code, and the
// program that they run. Loading takes globalThis.WebAssembly as it is at that moment: the engine's
// own, or the tracer's.

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { parsePolicy } from '../cases/seed/policy.mjs';

const kNever = 'hooks:1000000000';
const kInterpHeapBytes = 16 << 20;
const kChecksum = '40477';  // what cpu.py prints under python3, and cpu.js gives in Node

const readProgram = (name) => readFileSync(new URL(`programs/${name}`, import.meta.url), 'utf8');

const kLoaders = { micropython: loadMicroPython, interp: loadInterp, quickjs: loadQuickjs };

// Gives {run}: run() does the CPU-bound work once, and fails when its result is wrong. `build` is a
// module's file, or for the interpreter the folder of a variant.
export function loadCpuWorkload(name, build) {
  return kLoaders[name](build);
}

// Gives {run, vm}: run() completes some 1000 cycles on MicroPython, one at every call of its hook.
export function loadCycleWorkload(build) {
  return loadMicroPython(build, 'hooks:1', 'cycles.py');
}

async function loadMicroPython(wasm, policyText = kNever, programName = 'cpu.py') {
  const { MicroPython } = await import('../cases/seed/micropython/host.mjs');
  const printed = [];
  const vm = await MicroPython.load(
    { wasm, policy: parsePolicy(policyText), write: (byte) => printed.push(byte) });
  const source = readProgram(programName);
  return {
    vm,
    async run() {
      printed.length = 0;
      await vm.run(source);
      check(Buffer.from(printed).toString());
    },
  };
}

// One instance for all runs, unlike the interpreter's own host: the engine has then optimised it.
async function loadInterp(variant) {
  const createInterp = createRequire(import.meta.url)(join(variant, 'interp.js'));
  let printed = '';
  const module = await createInterp({
    wasmBinary: readFileSync(join(variant, 'interp.wasm')),
    onOutput: (_, bytes) => { printed += Buffer.from(bytes).toString(); },
  });
  module._py_init(kInterpHeapBytes);
  const text = (string) => {
    const bytes = Buffer.from(`${string}\0`);
    const at = module._malloc(bytes.length);
    module.HEAPU8.set(bytes, at);
    return at;
  };
  const words = [text(readProgram('cpu.py')), text('cpu.py')];
  return {
    run() {
      printed = '';
      const status = module._py_run_source(...words);
      if (status !== 0) throw new Error(`the program ended with ${status}`);
      check(printed);
    },
  };
}

async function loadQuickjs(build) {
  const { newQuickJSAsyncWASMModuleFromVariant, newVariant } =
      await import('quickjs-emscripten-core');
  const { default: variant } = await import('@jitl/quickjs-wasmfile-release-asyncify');
  const bytes = readFileSync(build);
  const wasmBinary = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  const quickjs = await newQuickJSAsyncWASMModuleFromVariant(newVariant(variant, { wasmBinary }));
  const context = quickjs.newContext();
  const source = readProgram('cpu.js');
  return {
    run() {
      const result = context.unwrapResult(context.evalCode(source));
      check(String(context.getNumber(result)));
      result.dispose();
    },
  };
}

function check(printed) {
  if (printed.trim() !== kChecksum) throw new Error(`the program gave '${printed}', not ${kChecksum}`);
}
