// Applies Asyncify to stock MicroPython 1.20, the way the seed case needs it.
//
// The package ships without Asyncify and without function names, so `wasm-opt` numbers the functions
// by their place in the module that it reads, imports not counted; lists such as --add use those
// numbers. Exactly Debian 12's wasm-opt (version 108) gives the indices that the docs speak of.

import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';

const kUsage = `usage: node build.mjs --output FILE [--ignore-indirect] [--add LIST] [--wasm-opt COMMAND]
  --ignore-indirect  as ASYNCIFY_IGNORE_INDIRECT: indirect calls are taken not to suspend
  --add LIST         as ASYNCIFY_ADD: functions, separated by commas, to instrument all the same
`;

const kPackage = '@micropython/micropython-webassembly-pyscript';
const kSuspendingImports = 'env.mp_js_hook,env.invoke_*';

function parseCommandLine() {
  try {
    const { values } = parseArgs({
      options: {
        output: { type: 'string' },
        'ignore-indirect': { type: 'boolean', default: false },
        add: { type: 'string' },
        'wasm-opt': { type: 'string', default: 'wasm-opt' },
      },
    });
    if (values.output === undefined) throw new Error('--output is missing');
    return values;
  } catch (error) {
    process.stderr.write(`${error.message}\n\n${kUsage}`);
    process.exit(2);
  }
}

const options = parseCommandLine();
const input = createRequire(import.meta.url).resolve(`${kPackage}/micropython.wasm`);
mkdirSync(dirname(options.output), { recursive: true });
const passArguments = [
  `asyncify-imports@${kSuspendingImports}`,
  ...(options['ignore-indirect'] ? ['asyncify-ignore-indirect'] : []),
  ...(options.add === undefined ? [] : [`asyncify-addlist@${options.add}`]),
];
execFileSync(options['wasm-opt'], [
  '--all-features', '-O1', '-g', '--asyncify',
  ...passArguments.map((argument) => `--pass-arg=${argument}`),
  input, '-o', options.output,
], { stdio: 'inherit' });
