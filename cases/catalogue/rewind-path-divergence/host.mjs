// While the plugin sleeps, the host removes it from the table, or puts a newer one in its place.
// The rewind calls through the same slot, and finds nobody, or somebody else, who takes the record
// for his own.

import { Host, instantiate, isMended, turn } from '../host.mjs';

const how = process.argv[4];
let host;

async function nap() {
  await turn();
  if (isMended) return;
  exports.table.set(0, how === 'removed' ? null : exports.table.get(1));
}

const { exports } = await instantiate({ env: { nap: () => host.suspend(nap) } });
host = new Host(exports, 1024, 256);
console.log(`result: ${await host.call('run', 20)}`);
