// Puts the modules of the runtime into a module of JavaScript:   node embed.mjs CORE RING_WRITER OUTPUT
//
// A page gets the runtime as one script that loads nothing.

import fs from 'node:fs';

const [core, ringWriter, output] = process.argv.slice(2);
const base64 = (file) => fs.readFileSync(file).toString('base64');
fs.writeFileSync(output, `// Made by embed.mjs. Do not edit.
export const kCoreBase64 = '${base64(core)}';
export const kRingWriterBase64 = '${base64(ringWriter)}';
`);
