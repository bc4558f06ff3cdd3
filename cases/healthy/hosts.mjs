// node hosts.mjs GLUE NAME: one healthy way to use the program.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const [, , glue, name] = process.argv;
const create = createRequire(import.meta.url)(glue);
const module = await create(
  { wasmBinary: readFileSync(glue.replace(/js$/, 'wasm')), noInitialRun: true });
const call = (fn, x) => module.ccall(fn, 'number', ['number'], [x], { async: true });
const wait = (ms) => new Promise((resume) => setTimeout(resume, ms));

export const hosts = {
  // Ends the process on purpose, with a sleep pending.
  'exit-while-asleep': async () => { call('start', 1000); await wait(5); process.exit(0); },
  // Starts something and does not wait for it, as is its right.
  'fire-and-forget': async () => { call('start', 3); await wait(30); },
  // The export itself, which returns nothing.
  'raw-void-export': async () => { module._start(2); await wait(30); },
  // Gives up waiting, not the call.
  'race': async () => {
    const first = await Promise.race([call('compute', 21), wait(0).then(() => 'late')]);
    console.log(first);
    await wait(30);
  },
  // Waits for the promise of a call that was not told to be asynchronous.
  'await-without-option': async () => {
    console.log(await module.ccall('compute', 'number', ['number'], [21]));
  },
  // Exports that do not suspend may be called at any time.
  'plain-while-asleep': async () => {
    const result = call('compute', 21);
    console.log(module._plain(1), await result);
  },
  'main-with-result': async () => { module.callMain([]); await wait(30); },
  'all-at-hand': async () => {
    module.known = [1, 2, 3, 4, 5];
    console.log(await call('sumOf', 5));
  },
  'some-at-hand': async () => {
    module.known = [1, 2, 3];
    console.log(await call('sumOf', 5));
  },
  'promise-for-the-host': async () => {
    const notes = [];
    module.note = (x) => { const done = wait(1); notes.push(done); return done; };
    await call('noteAll', 4);
    await Promise.all(notes);
  },
  'error-after-resume': async () => {
    const error = await call('loadAndRefuse', 2).catch((caught) => caught);
    console.log(error.message);
  },
  'one-after-the-other': async () => {
    for (let x = 0; x < 20; ++x) await call('compute', x);
    await Promise.resolve(call('compute', 1));
    await call('compute', 2).then((y) => console.log(y));
  },
};

await hosts[name]();
