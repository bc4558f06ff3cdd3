// Runs Python programs on stock MicroPython 1.20 that Asyncify was applied to.
//
// The package's own glue loads the module; the only thing replaced is the import that the VM calls
// from its dispatch loop, env.mp_js_hook, which here may suspend. Nothing knows of asyncscope.

import { readFile } from 'node:fs/promises';
import createMicroPython from '@micropython/micropython-webassembly-pyscript';
import { AsyncifyHost } from '../asyncify_host.mjs';

const kHeapBytes = 1 << 20;  // the VM's own heap
const kResultBytes = 12;     // {kind, a, b}, the out-parameter of mp_js_do_exec
const kExceptionKind = -1;   // then a is the length and b the address of the text

// What a program that ended in an uncaught Python exception throws in the host.
export class PythonError extends Error {
  name = 'PythonError';
}

export class MicroPython {
  // `write` is given every byte that the program prints.
  static async load({ wasm, policy, bufferSize, write }) {
    const asyncify = new AsyncifyHost({ bufferSize });
    const bytes = await readFile(wasm);
    const module = await createMicroPython({
      stdout: (byte) => byte !== null && write(byte),
      async instantiateWasm(imports, receive) {
        imports.env.mp_js_hook = () => asyncify.suspendingImport(() => policy.shouldYield());
        const { instance } = await WebAssembly.instantiate(bytes, imports);
        receive(instance);
      },
    });
    module.ccall('mp_js_init', null, ['number'], [kHeapBytes]);
    module.ccall('proxy_c_init', null, [], []);
    asyncify.attach(module.asm, module._malloc);
    return new MicroPython(module, asyncify);
  }

  constructor(module, asyncify) {
    this.module = module;
    this.asyncify = asyncify;
  }

  get cyclesCompleted() {
    return this.asyncify.cyclesCompleted;
  }

  // Runs one program to its end. Source and result live until the call has completed.
  async run(source) {
    const { module } = this;
    const sourceBytes = module.lengthBytesUTF8(source) + 1;
    const sourceAt = module._malloc(sourceBytes);
    const resultAt = module._malloc(kResultBytes);
    module.stringToUTF8(source, sourceAt, sourceBytes);
    await this.asyncify.call('mp_js_do_exec', sourceAt, resultAt);
    const [kind, size, textAt] = new Int32Array(module.HEAPU8.buffer, resultAt, 3);
    if (kind === kExceptionKind) throw new PythonError(module.UTF8ToString(textAt, size));
    module._free(resultAt);
    module._free(sourceAt);
  }
}
