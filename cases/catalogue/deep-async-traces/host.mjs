import { Host, instantiate, turn } from '../host.mjs';

let host;
const { exports } = await instantiate({ env: { nap: () => host.suspend(turn) } });
host = new Host(exports, 1024, 4096);
const error = await host.call('job').catch((caught) => caught);
console.log(`trace names the job: ${/\bjob\b/.test(error.stack) ? 'yes' : 'no'}`);
