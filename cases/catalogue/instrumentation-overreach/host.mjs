// Compares the wasm with that of the same program without ASYNCIFY, but with the malloc that
// ASYNCIFY needs.

import { statSync } from 'node:fs';
import { gluePath } from '../emscripten.mjs';

const wasm = gluePath.replace(/js$/, 'wasm');
const ratio = statSync(wasm).size / statSync(wasm.replace(/program(?=\.wasm$)/, 'baseline')).size;
console.log(`growth: ${ratio > 1.15 ? 'over' : 'under'} 15 %`);
