// The host takes the trap in stop_unwind for a job that could not be suspended, and goes on with
// the next. By then the records lie where the table was.

import { Host, instantiate, isMended, turn } from '../host.mjs';

let host;
const { exports } = await instantiate({ env: { sleep: () => host.suspend(turn) } });
host = isMended ? new Host(exports, 8192, 4096) : new Host(exports, 2048, 1024);

try {
  console.log(`job 1: ${await host.call('descend', 99)}`);
} catch {
  console.log('job 1: suspend failed');
}
const sum = exports.tableSum();
console.log(sum === 55 ? 'table: 55' : `table: 55 expected, ${sum} found`);
