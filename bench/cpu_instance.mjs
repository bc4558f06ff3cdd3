// A worker thread of cpu_pairs.mjs: one instance of one virtual machine, which does the CPU-bound work
// at every message and answers with the milliseconds that it took.

import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { loadCpuWorkload } from './workloads.mjs';

const { vm, build, hook, warmUp } = workerData;
if (hook !== undefined) createRequire(import.meta.url)(hook);
const workload = await loadCpuWorkload(vm, build);
for (let i = 0; i < warmUp; i++) await workload.run();

parentPort.on('message', async (message) => {
  if (message === 'end') {
    parentPort.close();
    return;
  }
  // Processor time of all threads: what other processes take away is not counted.
  const start = process.cpuUsage();
  await workload.run();
  const { user, system } = process.cpuUsage(start);
  parentPort.postMessage((user + system) / 1000);
});
parentPort.postMessage('ready');
