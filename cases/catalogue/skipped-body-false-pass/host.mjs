// `fetch` fails, and throws at the end of the rewind: before it has called stop_rewind. The state
// stays 2, and the second test returns at once. The harness asks only whether something was thrown.

import { Host, instantiate, isMended, kRewinding, turn } from '../host.mjs';

let host;
let done = 0;
const fetch = () => {
  if (host.state === kRewinding) {
    if (isMended) host.suspend();
    throw new Error('no connection');
  }
  return host.suspend(turn);
};
const { exports } = await instantiate({ env: { fetch, square: () => { done += 1; } } });
host = new Host(exports, 1024, 256);

const tests = [() => host.call('load'), () => host.call('squares', 5)];
for (const [at, test] of tests.entries()) {
  const isPassed = await test().then(() => true, () => false);
  console.log(`test ${at + 1}: ${isPassed ? 'pass' : 'fail'}`);
}
console.log(`squares done: ${done}`);
