// Errors that nobody in a page or a worker has caught.
//
// A page lives on after them, and most have nothing to do with any module. Told are those that have: traps, errors
// that have left a traced export, and errors with a frame of WebAssembly in their stack.

import {engine, globalFunction} from './engine.mjs';
import {describeError} from './errors.mjs';

const kWasmFrame = /wasm-function\[|\[wasm code\]/;

// `thrown`: the errors that have left traced exports, a WeakSet. `tell` takes a description.
export function watchErrors(thrown, tell) {
  const listen = globalFunction('addEventListener');
  const defer = globalFunction('setTimeout');
  if (listen === undefined) return;  // in Node
  const concerns = (error) => error instanceof engine.RuntimeError ||
      (typeof error === 'object' && error !== null &&
       (thrown.has(error) || kWasmFrame.test(String(error.stack ?? ''))));
  const watch = (event, error) => {
    if (!concerns(error)) return;
    // The program's own listeners come after this one: what they mark as dealt with is caught.
    defer(() => {
      if (!event.defaultPrevented) tell(describeError(error));
    }, 0);
  };
  listen('error', (event) => watch(event, event.error));
  listen('unhandledrejection', (event) => watch(event, event.reason));
}
