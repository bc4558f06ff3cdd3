// The runtime without DevTools, for any browser:
//
//   <script type="module" src="asyncscope.mjs"></script>   before the program's scripts, or
//   emcc … --pre-js asyncscope-pre.js                       the same as a text (pre_js.mjs)
//
// The page keeps the trace in memory, and a panel offers it for download. Scripts find it at
// `asyncscope.trace()`, a Blob. In Node it does nothing: `asyncscope record` is for that.

import {PageRecording, workerSink} from './page_recording.mjs';
import {PageThread} from './page_thread.mjs';
import {showAsyncscope} from './page_global.mjs';
import {Panel} from './panel.mjs';

const kFileName = 'run.atrace';

function startInPage() {
  const recording = new PageRecording();
  const thread = new PageThread((type, bytes) => recording.add('page', type, bytes));
  thread.start();
  const trace = () => {
    thread.drain();
    return recording.trace();
  };
  const download = () => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(trace());
    link.download = kFileName;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  };
  showAsyncscope({drain: () => thread.drain(), trace, download}, thread);
  new Panel(recording, download);
}

function startInWorker() {
  const thread = new PageThread(workerSink());
  thread.start();
  showAsyncscope({drain: () => thread.drain()}, thread);
}

// Twice, or under `asyncscope attach`: the first is enough.
if (globalThis.asyncscope === undefined) {
  if (globalThis.document !== undefined) startInPage();
  else if (globalThis.WorkerGlobalScope !== undefined) startInWorker();
}
