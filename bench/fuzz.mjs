// `./dev fuzz`: random and mutated modules and traces against the readers and all that is behind them.
//
//   node fuzz.mjs --build FOLDER [--seconds N] [--seed N]
//
// The drivers of the build (fuzz_module, fuzz_trace; normally under AddressSanitizer and
// UndefinedBehaviorSanitizer) get half of the time each. The modules that are mutated are made here:
// the test data of instrument/module, the shapes of cases/, and random ones by Binaryen's fuzzer, each
// as it is and with Asyncify applied. Exit code 1 when an input crashes, violates a property, takes a
// minute, or more memory than an input of its size deserves; the command that repeats it is printed.

import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const kUsage = 'usage: node fuzz.mjs --build FOLDER [--seconds N] [--seed N]\n';
const kRandomModules = 24;
const kRandomBytes = 20000;        // what Binaryen's fuzzer makes one module of
const kLargestModule = 64 * 1024;  // larger ones are too slow to mutate
const kSanitizers = {
  ASAN_OPTIONS: 'max_allocation_size_mb=1024:hard_rss_limit_mb=2048:allocator_may_return_null=0',
  UBSAN_OPTIONS: 'print_stacktrace=1',
};

const { build: buildOption, seconds, seed } = parseCommandLine();
const build = resolve(buildOption);
const corpus = join(build, 'bench', 'corpus');
const modules = makeModules();
let failed = false;
for (const [name, files] of [['fuzz_module', modules], ['fuzz_trace', []]]) {
  const words = ['--seconds', String(Math.ceil(seconds / 2)), '--seed', String(seed), ...files];
  const child = spawnSync(join(build, 'bench', name), words,
    { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8', env: { ...process.env, ...kSanitizers } });
  if (child.error !== undefined) throw child.error;
  process.stdout.write(`${name}: ${child.stdout || `ended with ${child.signal ?? child.status}\n`}`);
  failed ||= child.status !== 0;
}
process.exitCode = failed ? 1 : 0;

function parseCommandLine() {
  try {
    const { values } = parseArgs({
      options: {
        build: { type: 'string' },
        seconds: { type: 'string', default: '60' },
        seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      },
    });
    const numbers = { seconds: Number(values.seconds), seed: Number(values.seed) };
    if (values.build === undefined) throw new Error('--build is missing');
    if (!(numbers.seconds > 0) || !Number.isInteger(numbers.seed)) throw new Error('want numbers');
    return { build: values.build, ...numbers };
  } catch (error) {
    process.stderr.write(`${error.message}\n\n${kUsage}`);
    process.exit(2);
  }
}

// Files of modules, small enough to try thousands of mutations a second.
function makeModules() {
  rmSync(corpus, { recursive: true, force: true });
  mkdirSync(corpus, { recursive: true });
  for (const file of textModules()) {
    const output = join(corpus, `${basename(file, '.wat')}.wasm`);
    if (runs(['wat2wasm', '--enable-all', file, '-o', output])) asyncify(output);
  }
  for (let i = 0; i < kRandomModules; i++) {
    const input = join(corpus, `${i}.random`);
    const output = join(corpus, `random-${i}.wasm`);
    writeFileSync(input, randomBytes(`${seed} ${i}`));
    if (runs(['wasm-opt', '-ttf', '-O1', input, '-o', output])) asyncify(output);
    rmSync(input);
  }
  return readdirSync(corpus).map((name) => join(corpus, name))
    .filter((file) => statSync(file).size <= kLargestModule).sort();
}

function textModules() {
  const folders = ['../instrument/module/testdata', '../cases/shapes'];
  return folders.flatMap((folder) => {
    const path = fileURLToPath(new URL(folder, import.meta.url));
    return readdirSync(path).filter((name) => name.endsWith('.wat')).map((name) => join(path, name));
  });
}

// Beside the module itself; does nothing where Binaryen refuses it.
function asyncify(file) {
  for (const [kind, ...options] of [['', '-O1'], ['-ignoring', '--pass-arg=asyncify-ignore-indirect']]) {
    const output = file.replace(/\.wasm$/, `-asyncified${kind}.wasm`);
    if (!runs(['wasm-opt', '--all-features', '--asyncify', ...options, file, '-o', output])) {
      rmSync(output, { force: true });
    }
  }
}

function runs(words) {
  return spawnSync(words[0], words.slice(1), { stdio: 'ignore' }).status === 0;
}

// The same bytes for the same text.
function randomBytes(text) {
  const blocks = [];
  for (let i = 0; i * 32 < kRandomBytes; i++) {
    blocks.push(createHash('sha256').update(`${text} ${i}`).digest());
  }
  return Buffer.concat(blocks);
}
