// QuickJS, published with Asyncify, from a package that carries its module as a file.
//
//   node quickjs.mjs debug|release    release: minified exports, no asyncify_get_state

import { runQuickjs } from './quickjs_program.mjs';

const kVariants = {
  debug: '@jitl/quickjs-wasmfile-debug-asyncify',
  release: '@jitl/quickjs-wasmfile-release-asyncify',
};

const name = kVariants[process.argv[2]];
if (name === undefined) {
  process.stderr.write('usage: node quickjs.mjs debug|release\n');
  process.exit(2);
}
await runQuickjs((await import(name)).default);
