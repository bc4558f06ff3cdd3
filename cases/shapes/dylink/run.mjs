// Dynamic linking: a main and a side module with the state of Asyncify in globals that both import.
//
//   node run.mjs DIR    DIR holds main.js, main.wasm and side.wasm as the build made them
//
// Emscripten's own glue loads both; this adds to its imports what a toolchain newer than 3.1.6 would
// put there: the two globals and the suspending import.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { AsyncifyHost } from '../../seed/asyncify_host.mjs';

const directory = resolve(process.argv[2] ?? '.');
const createModule = createRequire(import.meta.url)(`${directory}/main.js`);
const asyncify = new AsyncifyHost();

let memory;
const module = await createModule({
  print: (line) => console.log(line),
  async instantiateWasm(imports, receive) {
    for (const name of ['__asyncify_state', '__asyncify_data']) {
      imports.env[name] = new WebAssembly.Global({ value: 'i32', mutable: true }, 0);
    }
    imports.env.pause_for = (value) => {
      asyncify.suspendingImport(() => true);
      return value;
    };
    memory = imports.env.memory;
    const bytes = await readFile(`${directory}/main.wasm`);
    const result = await WebAssembly.instantiate(bytes, imports);
    receive(result.instance, result.module);
  },
});
module.FS.writeFile('side.wasm', await readFile(`${directory}/side.wasm`));
asyncify.attach(module.asm, module._malloc, memory);
const status = await asyncify.call('main', 0, 0);
console.log(`cycles: ${asyncify.cyclesCompleted}`);
process.exitCode = status;
