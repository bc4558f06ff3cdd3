// Runs one workload on two instances of one module, in turn, and prints how long each run took:
// {"pairs": [[untouched ms, other ms], ...]}.
//
//   node cpu_pairs.mjs --vm NAME --build PATH --pairs N --warm-up N [--hook FILE] [--other-first]
//
// The other instance is made under the tracer's runtime (--hook: the script that `asyncscope record`
// preloads), or is a second untouched one: the control, which shows what the machine's noise and the
// placing of code and memory do to the ratio. Each has a worker thread, that is an engine heap, glue
// code and inline caches of its own; only one works at a time. A disturbance from outside meets both,
// and within a pair the order alternates. --other-first makes the other one first.

import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';

// The measuring thread's end of one instance.
class Instance {
  constructor(data) {
    this.worker = new Worker(fileURLToPath(new URL('cpu_instance.mjs', import.meta.url)), { workerData: data });
  }

  async next() {
    const [message] = await once(this.worker, 'message');  // or throws what the worker threw
    return message;
  }

  run() {
    this.worker.postMessage('run');
    return this.next();
  }

  end() {
    this.worker.postMessage('end');
    return once(this.worker, 'exit');
  }
}

const { values: options } = parseArgs({
  options: {
    vm: { type: 'string' },
    build: { type: 'string' },
    hook: { type: 'string' },
    pairs: { type: 'string' },
    'warm-up': { type: 'string' },
    'other-first': { type: 'boolean', default: false },
  },
});
const start = (hook) =>
    new Instance({ vm: options.vm, build: options.build, hook, warmUp: Number(options['warm-up']) });
const instances = [];
for (const which of options['other-first'] ? [1, 0] : [0, 1]) {
  instances[which] = start(which === 1 ? options.hook : undefined);
  await instances[which].next();  // loaded and warm
}
const pairs = [];
for (let i = 0; i < Number(options.pairs); i++) {
  const pair = [0, 0];
  for (const which of i % 2 === 0 ? [0, 1] : [1, 0]) pair[which] = await instances[which].run();
  pairs.push(pair);
}
process.stdout.write(`${JSON.stringify({ pairs })}\n`);
for (const instance of instances) await instance.end();
