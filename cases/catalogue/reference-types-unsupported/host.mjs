import { Host, instantiate, turn } from '../host.mjs';

let host;
const objects = [null, { answer: 42 }];
const { exports } = await instantiate({
  env: { nap: () => host.suspend(turn), use: (handle) => objects[handle].answer },
});
host = new Host(exports, 1024, 256);
console.log(`run: ${await host.call('run', 1)}`);
