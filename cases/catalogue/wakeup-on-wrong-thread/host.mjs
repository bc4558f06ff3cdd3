// A worker sleeps until the main thread has an answer. The main thread, which shares the memory,
// finds the buffer there and rewinds it: in its own instance. The mended one sends a message, and
// the worker wakes itself up.

import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { Host, instantiate, turn } from '../host.mjs';

const kBuffer = 1024;

async function instanceWith(memory, suspend) {
  const { exports } = await instantiate({ env: { memory, nap: suspend } }, module());
  return exports;
}

function module() {
  return isMainThread ? process.argv[2] : workerData.module;
}

async function main() {
  const isMended = process.argv[3] === 'mended';
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const exports = await instanceWith(memory, () => exports.asyncify_stop_rewind());
  const data = { memory, module: module() };
  const worker = new Worker(new URL(import.meta.url), { workerData: data });
  let isAsleep = true;
  worker.on('message', (text) => {
    if (text !== 'asleep') {
      isAsleep = false;
      console.log(`worker: ${text}`);
    } else if (isMended) {
      worker.postMessage('answer');
    } else {
      exports.asyncify_start_rewind(kBuffer);
      if (exports.run() === 42) console.log('main: rewound a stack of the worker');
      worker.unref();
    }
  });
  process.on('exit', () => { if (isAsleep) console.log('worker: still asleep'); });
}

async function work() {
  let host;
  const answer = () => new Promise((resume) => { parentPort.once('message', resume); });
  const exports = await instanceWith(workerData.memory, () => host.suspend(answer));
  host = new Host(exports, kBuffer, 256);
  const done = host.call('run', 20);
  await turn();
  parentPort.postMessage('asleep');
  parentPort.postMessage(String(await done));
}

await (isMainThread ? main() : work());
