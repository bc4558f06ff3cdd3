// Every program here that is not of the seed: what to run, and which shape of Asyncify it shows.
//
//   name      its golden output is expected/NAME.txt
//   words     what follows `node` on the command line
//   shape     what a tool that recognises Asyncify by structure meets in it
//   breaks    the error it ends with, for those that are published broken; else it exits with 0
//   large     needs `npm ci` in real/large first
//   validate  the engine of Node 20 cannot run it: the flag that makes wasm-validate take it

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = (file) => fileURLToPath(new URL(file, import.meta.url));

// Whether the packages of real/large are installed.
export const largeInstalled = existsSync(here('real/large/node_modules'));

// `binaryDir` is the root of the build, which the shapes are made in.
export function allPrograms(binaryDir) {
  const made = (file) => join(binaryDir, 'cases/shapes', file);
  const walk = (file, ...more) => [here('shapes/walker_run.mjs'), made(file), ...more];
  return [
    { name: 'quickjs-debug', words: [here('real/quickjs.mjs'), 'debug'],
      shape: 'named exports, asyncify_get_state, setjmp-free C' },
    { name: 'quickjs-release', words: [here('real/quickjs.mjs'), 'release'],
      shape: 'minified exports, no asyncify_get_state' },
    { name: 'quickjs-singlefile', words: [here('real/quickjs_singlefile.mjs')],
      shape: 'a module embedded in the JS as text' },
    { name: 'wa-sqlite', words: [here('real/wa_sqlite.mjs')],
      shape: 'minified exports, no asyncify_get_state; thousands of cycles' },
    { name: 'tinygo', words: [here('real/tinygo.mjs')],
      shape: 'both stops are one function; control calls inside the module; one suspend for ever' },
    { name: 'merged-stops', words: walk('merged-stops.wasm'),
      shape: 'both stops are one function' },
    { name: 'binaryen-132', words: walk('binaryen-132.wasm'),
      shape: 'the output of Binaryen 132' },
    { name: 'wasm64', words: ['--experimental-wasm-memory64', ...walk('wasm64.wasm', '8')],
      shape: '64-bit memory and pointers' },
    { name: 'two-memories', words: walk('two-memories.wasm'),
      shape: 'two memories, the records in the second', validate: '--enable-multi-memory' },
    { name: 'coroutines', words: [here('shapes/coroutines_run.mjs'), made('coroutines.wasm')],
      shape: 'control calls inside the module only; two buffers; both stops are one function' },
    { name: 'dylink', words: [here('shapes/dylink/run.mjs'), made('dylink')],
      shape: 'main and side module, imported state and data globals, GOT proxies' },
    ...[
      { name: 'ruby', words: [here('real/large/ruby.mjs')],
        shape: '16 MB; control calls inside the module, several runtimes: setjmp, fibers, GC' },
      { name: 'ruby-stdlib', words: [here('real/large/ruby.mjs'), 'stdlib'],
        shape: '36 MB, otherwise as ruby' },
      { name: 'perl', words: [here('real/large/perl.mjs')],
        shape: '25 MB; control calls inside the module' },
      { name: 'php', words: [here('real/large/php.mjs'), 'healthy'],
        shape: '18 MB; Emscripten with ONLY lists, dynCall and invoke frames, dynamic linking' },
      { name: 'php-iterator-to-array', words: [here('real/large/php.mjs'), 'iterator-to-array'],
        shape: 'as php', breaks: 'RuntimeError: unreachable' },
      { name: 'php-usort', words: [here('real/large/php.mjs'), 'usort'],
        shape: 'as php', breaks: 'RuntimeError: unreachable' },
      { name: 'php-to-string', words: [here('real/large/php.mjs'), 'to-string'],
        shape: 'as php', breaks: 'RuntimeError: null function or function signature mismatch' },
      { name: 'php-json', words: [here('real/large/php.mjs'), 'json'],
        shape: 'as php', breaks: 'RuntimeError: null function or function signature mismatch' },
    ].map((program) => ({ ...program, large: true })),
  ];
}
