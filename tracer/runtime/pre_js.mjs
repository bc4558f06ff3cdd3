// Makes of the script for pages one for `emcc --pre-js`:   node pre_js.mjs SCRIPT OUTPUT
//
// It travels as a text. The optimizers of Emscripten read what is put into a program, and older ones know less
// of JavaScript than the engines do; and as a script of its own it keeps its name in stacks.

import fs from 'node:fs';

const [input, output] = process.argv.slice(2);
const script = `${fs.readFileSync(input, 'utf8')}\n//# sourceURL=asyncscope`;
fs.writeFileSync(output, `// Made by pre_js.mjs from tracer/runtime. Do not edit.
(function () {
  try {
    (0, eval)(${JSON.stringify(script)});
  } catch (error) {
    console.warn('asyncscope: this page is not recorded: ' + error.message);
  }
})();
`);
