import { Host, instantiate, turn } from '../host.mjs';

let host;
const { exports } = await instantiate({ env: { nap: () => host.suspend(turn) } });
host = new Host(exports, 1024, 256);
console.log(`result: ${await host.call('run', 20)}`);
