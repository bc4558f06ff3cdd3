// How the program ends, for the EXIT chunk, without a listener that the program could count: the
// calls of process.emit pass through here. Signals and the writing itself are the addon's.

import {engine} from './engine.mjs';
import {describeError} from './errors.mjs';

const kHandlerFailed = 7;  // Node's exit code

// Whether process.exit() is on the stack; else the program ends because nothing is left to do.
function isExiting() {
  return /\n\s+at process\.exit \(node:internal\//.test(new Error().stack ?? '');
}

// `recorder`: the addon. `onEnd(idle)` is called when the program ends, if its own handlers let it;
// `idle`: nothing was left to do.
export function watchExit(recorder, thread, onEnd) {
  const {emit} = process;
  let uncaught = null;
  let wasIdle = false;

  const before = (name, error) => {
    if (name === 'uncaughtExceptionMonitor') uncaught = {error};
    if (name === 'beforeExit') wasIdle = true;
  };
  const after = (name, args, handled) => {
    if (name === 'uncaughtException' && handled) uncaught = null;
    if (name !== 'exit') return;
    const exit = {code: process.exitCode ?? args[0] ?? 0, time: new Date().toISOString()};
    const caught = uncaught !== null && process.hasUncaughtExceptionCaptureCallback();
    if (uncaught !== null && !caught) exit.error = describeError(uncaught.error);
    exit.idle = wasIdle && exit.error === undefined && !isExiting();
    onEnd(exit.idle);
    recorder.setExit(JSON.stringify(exit));
  };
  // A handler that throws, as Emscripten's does with what is none of its own: Node ends the program at
  // once, and 'exit' is not emitted.
  const failedInHandler = () => {
    const exit = {code: kHandlerFailed, time: new Date().toISOString(), idle: false};
    if (uncaught !== null) exit.error = describeError(uncaught.error);
    onEnd(false);
    recorder.setExit(JSON.stringify(exit));
  };
  engine.defineProperty(process, 'emit', {
    value: new Proxy(emit, {
      apply(target, self, args) {
        const [name, ...rest] = args;
        before(name, rest[0]);
        let handled;
        try {
          handled = engine.apply(target, self, args);
        } catch (thrown) {
          if (name === 'uncaughtException') failedInHandler();
          throw thrown;
        }
        try {
          after(name, rest, handled);
        } catch {
          // An error whose properties throw: the exit is told by the recorder of the parent.
        }
        return handled;
      },
    }),
    writable: true,
    configurable: true,
    enumerable: false,
  });

  // No handler can run when the program kills itself like this.
  const killed = new Proxy(process.kill, {
    apply(target, self, args) {
      if (args[0] === process.pid && (args[1] === 'SIGKILL' || args[1] === 9)) {
        recorder.drain(thread);
      }
      return engine.apply(target, self, args);
    },
  });
  engine.defineProperty(process, 'kill', {
    ...engine.getOwnPropertyDescriptor(process, 'kill'), value: killed});
}
