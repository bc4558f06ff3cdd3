// Runs the module made of coroutines.wat: node coroutines_run.mjs MODULE

import { readFile } from 'node:fs/promises';

const { instance } = await WebAssembly.instantiate(await readFile(process.argv[2]), {
  env: { print: (task, value) => console.log(`task ${task}: ${value}`) },
});
console.log(`rounds: ${instance.exports.run()}`);
