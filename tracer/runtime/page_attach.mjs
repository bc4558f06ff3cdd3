// What `asyncscope attach` evaluates in every page, frame and worker, or in a Node process, before their own
// scripts (tracer/attach).
//
// Chunks go to the client through a binding of the DevTools protocol, a function that the client has put
// into the global scope under the name that it writes in place of kBindingName. It is taken away again at once.

import {encodeBase64} from './base64.mjs';
import {kChunkExit} from './events.mjs';
import {watchExit} from './node_exit.mjs';
import {PageThread} from './page_thread.mjs';
import {showAsyncscope} from './page_global.mjs';

const kBindingName = '@ASYNCSCOPE_BINDING@';

// One call is one chunk: its type and its payload.
function startAttached() {
  const binding = globalThis[kBindingName];
  delete globalThis[kBindingName];
  if (typeof binding !== 'function' || globalThis.asyncscope !== undefined) return;
  const thread = new PageThread((type, bytes) => binding(`${type} ${encodeBase64(bytes)}`));
  thread.start();
  showAsyncscope({drain: () => thread.drain()}, thread);
  // When Node waits for the client to go, nothing can be asked any more.
  if (globalThis.process?.versions?.node !== undefined) {
    const recorder = {
      drain: () => thread.drain(),
      setExit: (json) => thread.sink(kChunkExit, new TextEncoder().encode(json)),
    };
    watchExit(recorder, 0, () => thread.drain());
  }
}

startAttached();
