// Links a variant of the interpreter once more, with more flags: how advice is applied and tried.
//
//   node interp/link.mjs --variant FOLDER --output FOLDER -- -sASYNCIFY_ADD=...
//
// The variant's own arguments are in FOLDER/link.txt, one a line, as the build wrote them.

import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  options: { variant: { type: 'string' }, output: { type: 'string' } },
  allowPositionals: true,
});
if (values.variant === undefined || values.output === undefined) {
  process.stderr.write('usage: node link.mjs --variant FOLDER --output FOLDER -- FLAG...\n');
  process.exit(2);
}
const words = readFileSync(join(values.variant, 'link.txt'), 'utf8').split('\n').filter(Boolean);
mkdirSync(values.output, { recursive: true });
const child = spawnSync('em++', [...words, ...positionals, '-o', join(values.output, 'interp.js')], {
  stdio: 'inherit',
  env: { ...process.env, NODE_PATH: '/usr/share/nodejs' },
});
if (child.error !== undefined) throw child.error;
process.exit(child.status ?? 1);
