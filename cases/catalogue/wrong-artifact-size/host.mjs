// Compares with the same program without ASYNCIFY: its .js here, its .wasm in the mended twin.

import { statSync } from 'node:fs';
import { gluePath, isMended } from '../emscripten.mjs';

const measured = isMended ? gluePath.replace(/js$/, 'wasm') : gluePath;
const ratio = statSync(measured).size / statSync(measured.replace(/program(?=\.\w+$)/, 'baseline')).size;
console.log(`growth: ${ratio > 1.5 ? 'over' : 'under'} 50 %`);
