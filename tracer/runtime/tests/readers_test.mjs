// The C++ reader and an independent one in Python agree on traces of real runs.

import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import path from 'node:path';
import test from 'node:test';
import {asyncified, kHostSource, kYieldWat, program, readTrace, runBoth, runtime} from './support.mjs';

const source = process.env.ASYNCSCOPE_SOURCE_DIR;
const wasm = asyncified('yield', kYieldWat);

const runs = {
  'nothing traced': `console.log(1);`,
  'a trap after some cycles': `
    for (let i = 0; i < 50; ++i) drive(e, 'run', i);
    try { drive(e, 'trap', 1); } catch (error) { console.log(error.message); }`,
  'many chunks': `for (let i = 0; i < 30000; ++i) drive(e, 'run', i); console.log('done');`,
  'a broken module': `
    try { new WebAssembly.Module(bytes.subarray(0, 90)); } catch { console.log('refused'); }
    drive(e, 'run', 1);`,
};

for (const [name, body] of Object.entries(runs)) {
  test(name, async () => {
    const traced = name === 'nothing traced' ? '' : `
      const bytes = require('fs').readFileSync(${JSON.stringify(wasm)});
      const e = new WebAssembly.Instance(new WebAssembly.Module(bytes), imports).exports;`;
    const {trace} = await runBoth([program('run.cjs', kHostSource + traced + body)],
                                  {env: {ASYNCSCOPE_RING: '1048576'}});
    const python = JSON.parse(execFileSync(
        'python3', [path.join(source, 'tracer/record/read_trace.py'), trace]));
    const cpp = JSON.parse(execFileSync(
        path.join(runtime, '../tracer/record/asyncscope_trace_counts'), [trace]));
    assert.deepEqual(cpp, python);
    const read = readTrace(trace);
    assert.equal(python.threads['0']?.written ?? 0, read.slots.get(0) ?? 0);
    assert.equal(python.threads['0']?.lost ?? 0, 0);
  });
}
