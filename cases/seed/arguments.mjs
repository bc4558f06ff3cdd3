// The command line that run.mjs and table.mjs share: which VM, which build of it, which yields.

import { parseArgs } from 'node:util';
import { parsePolicy } from './policy.mjs';

const kVmOptions = {
  vm: { type: 'string', default: 'micropython' },
  wasm: { type: 'string' },
  variant: { type: 'string' },
  policy: { type: 'string', default: 'virtual:100' },
  buffer: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
};

// Parses process.argv; ends the process with the usage text on --help (0) or a mistake (2).
export function parseCommandLine(usage, extraOptions) {
  try {
    const options = { ...kVmOptions, ...extraOptions };
    const { values } = parseArgs({ options, strict: true, allowPositionals: false });
    if (values.help) {
      process.stdout.write(usage);
      process.exit(0);
    }
    checkBuild(values);
    parsePolicy(values.policy);
    if (values.buffer !== undefined) values.buffer = Number(values.buffer);
    return values;
  } catch (error) {
    process.stderr.write(`${error.message}\n\n${usage}`);
    process.exit(2);
  }
}

function checkBuild({ vm, wasm, variant, buffer }) {
  if (vm === 'micropython' && wasm !== undefined && variant === undefined) return;
  if (vm === 'interp' && variant !== undefined && wasm === undefined) {
    if (buffer === undefined) return;
    throw new Error('--buffer goes with MicroPython only: a variant has the buffer it was linked with');
  }
  throw new Error('want --vm micropython --wasm FILE, or --vm interp --variant DIR');
}

// The same choice as arguments, for a child process.
export function vmArguments({ vm, wasm, variant, policy, buffer }) {
  const build = vm === 'interp' ? ['--variant', variant] : ['--wasm', wasm];
  const size = buffer === undefined ? [] : ['--buffer', String(buffer)];
  return ['--vm', vm, ...build, '--policy', policy, ...size];
}
