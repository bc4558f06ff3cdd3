// A loader of two modules that share the state of Asyncify.

import { join } from 'node:path';
import { Host, instantiate, modulePath, turn } from '../host.mjs';

let host;
const mutable = () => new WebAssembly.Global({ value: 'i32', mutable: true }, 0);
const shared = { __asyncify_state: mutable(), __asyncify_data: mutable() };
let side;
const main = await instantiate({
  env: { ...shared, sideWork: (n) => side.exports.sideWork(n) },
}, join(modulePath, 'main.wasm'));
side = await instantiate({
  env: { ...shared, memory: main.exports.memory, nap: () => host.suspend(turn) },
}, join(modulePath, 'side.wasm'));
host = new Host(main.exports, 1024, 256);
console.log(`result: ${await host.call('run', 20)}`);
