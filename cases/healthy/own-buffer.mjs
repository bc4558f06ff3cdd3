// Many calls, one buffer.
import { Host, instantiate, turn } from '../catalogue/host.mjs';

let host;
const { exports } = await instantiate({ env: { sleep: () => host.suspend(turn) } });
host = new Host(exports, 1024, 1024);
let sum = 0;
for (let i = 0; i < 20; ++i) sum += await host.call('run', i);
console.log(`sum: ${sum}`);
