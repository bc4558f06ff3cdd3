// Three tests that are all alike, each in an instance of its own. The host suspends at every
// hundredth hook, counted over all tests: so the second one suspends, whichever it is, and the
// other two prove nothing.

import { Host, instantiate, turn } from '../host.mjs';

let hooks = 0;

async function test() {
  let host;
  const hook = () => {
    if (host.state === 0 && ++hooks % 100 !== 0) return;
    host.suspend(turn);
  };
  const { exports } = await instantiate({ env: { hook } });
  host = new Host(exports, 1024, 256);
  return await host.call('run', 60) === 60;
}

for (const name of process.argv[4]) {
  const isPassed = await test().catch(() => false);
  console.log(`${name}: ${isPassed ? 'pass' : 'fail'}`);
}
