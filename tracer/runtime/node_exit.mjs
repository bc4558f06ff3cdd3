// How the program ends, for the EXIT chunk, without a listener that the program could count: the
// calls of process.emit pass through here. Signals and the writing itself are the addon's.

import {engine} from './engine.mjs';
import {describeError} from './errors.mjs';

// `recorder`: the addon. `ended` is called when the program has come to its end.
export function watchExit(recorder, thread, ended) {
  const {emit} = process;
  let uncaught = null;

  const before = (name, error) => {
    if (name === 'uncaughtExceptionMonitor') uncaught = {error};
  };
  const after = (name, args, handled) => {
    if (name === 'uncaughtException' && handled) uncaught = null;
    if (name !== 'exit') return;
    ended();
    const exit = {code: process.exitCode ?? args[0] ?? 0, time: new Date().toISOString()};
    const caught = uncaught !== null && process.hasUncaughtExceptionCaptureCallback();
    if (uncaught !== null && !caught) exit.error = describeError(uncaught.error);
    recorder.setExit(JSON.stringify(exit));
  };
  engine.defineProperty(process, 'emit', {
    value: new Proxy(emit, {
      apply(target, self, args) {
        const [name, ...rest] = args;
        before(name, rest[0]);
        const handled = engine.apply(target, self, args);
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
