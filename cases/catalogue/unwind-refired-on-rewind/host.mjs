// A host written by hand. Its import calls start_unwind whenever it is entered: at the end of the
// rewind too, where it must call stop_rewind. The program never gets further; this host gives up
// after three rounds.

import { Host, instantiate, isMended, kUnwinding, turn } from '../host.mjs';

let host;
let naps = 0;
const nap = () => {
  if (isMended) return host.suspend(() => { naps += 1; return turn(); });
  naps += 1;
  if (naps > 3) return 0;
  host.emptyBuffer();
  exports.asyncify_start_unwind(host.buffer);
  return 0;
};

const { exports } = await instantiate({ env: { nap } });
host = new Host(exports, 1024, 256);
exports.run();
while (host.state === kUnwinding && naps < 3) {
  exports.asyncify_stop_unwind();
  await turn();
  exports.asyncify_start_rewind(host.buffer);
  exports.run();
}
console.log(`naps: ${naps} of 1`);
