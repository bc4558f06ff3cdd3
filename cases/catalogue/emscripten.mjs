// Loads a program built by emcc with -sMODULARIZE: what every host of such a case begins with.
//
// Emscripten 3.1.6 tries to fetch the wasm where Node has fetch, so the bytes are handed over. main
// is called by hand: with MODULARIZE the glue swallows what main throws, for its promise is settled
// then.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

// What run.mjs puts on the command line: the built glue, and which of the twins this is.
export const gluePath = process.argv[2];
export const isMended = process.argv[3] === 'mended';

export const wait = (ms) => new Promise((resume) => setTimeout(resume, ms));

// The module, before main.
export function load(options = {}) {
  const create = createRequire(import.meta.url)(gluePath);
  const wasmBinary = readFileSync(gluePath.replace(/js$/, 'wasm'));
  return create({ wasmBinary, noInitialRun: true, ...options });
}
