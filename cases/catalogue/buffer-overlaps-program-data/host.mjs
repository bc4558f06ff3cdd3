// "The documentation uses address 16 and 1024, so do we": nobody asked whether these bytes were
// free.

import { Host, instantiate, isMended, turn } from '../host.mjs';

let host;
const { exports } = await instantiate({ env: { sleep: () => host.suspend(turn) } });
host = new Host(exports, isMended ? 4096 : 16, 1024);
await host.call('descend', 3);
const text = new TextDecoder().decode(new Uint8Array(exports.memory.buffer, 16, 60));
const lines = ['first line of three;', 'second line of them;', 'the last of the lot;'];
const kept = lines.filter((line, at) => text.slice(20 * at, 20 * at + 20) === line);
console.log(`lines: ${kept.length} of 3 as they were`);
