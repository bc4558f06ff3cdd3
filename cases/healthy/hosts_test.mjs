// Programs that are healthy and look as if they were not: for none of them may the tool say a word.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const here = import.meta.dirname;
const build = process.env.ASYNCSCOPE_BINARY_DIR;
const folder = path.join(build, 'cases/healthy/hosts');
const tool = path.join(build, 'bin/asyncscope');
const names = [...readFileSync(path.join(here, 'hosts.mjs'), 'utf8').matchAll(/^ {2}'([\w-]+)':/gm)]
  .map(([, name]) => name);

const kBuilds = {
  O1: ['-O1'],
  O3: ['-O3'],
  asserts: ['-O1', '-sASSERTIONS'],
};
// What an assertion of Emscripten refuses, though it works.
const kRefused = { asserts: ['await-without-option'] };

function compile(name) {
  mkdirSync(folder, { recursive: true });
  const out = path.join(folder, `${name}.js`);
  execFileSync('emcc', [
    path.join(here, 'hosts.c'), '-g2', ...kBuilds[name], '-sASYNCIFY', '-sMODULARIZE',
    '-sASYNCIFY_IMPORTS=lookUp,load,note', '-sEXPORTED_RUNTIME_METHODS=ccall,callMain', '-o', out,
  ], { env: { ...process.env, NODE_PATH: process.env.NODE_PATH ?? '/usr/share/nodejs' } });
  return out;
}

for (const name of Object.keys(kBuilds)) {
  test(name, async (t) => {
    const glue = compile(name);
    for (const host of names.filter((one) => !kRefused[name]?.includes(one))) {
      await t.test(host, () => {
        const words = [path.join(here, 'hosts.mjs'), glue, host];
        const plain = spawnSync(process.execPath, words, { encoding: 'utf8' });
        const trace = path.join(folder, `${name}-${host}.atrace`);
        const recorded = spawnSync(tool, ['record', '-o', trace, '--', process.execPath, ...words],
          { encoding: 'utf8' });
        assert.equal(recorded.status, plain.status);
        assert.equal(recorded.stdout, plain.stdout);
        const diagnosed = spawnSync(tool, ['diagnose', '--json', trace], { encoding: 'utf8' });
        const { verdict, findings, events } = JSON.parse(diagnosed.stdout);
        assert.equal(verdict, null, JSON.stringify(verdict));
        assert.deepEqual(findings, []);
        assert.equal(events.lost, 0);
        assert.equal(diagnosed.status, 0);
      });
    }
  });
}
