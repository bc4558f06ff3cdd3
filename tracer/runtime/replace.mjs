// Functions and constructors replaced by proxies of themselves, so that name, length, statics,
// prototype and text stay what they were.

import {engine} from './engine.mjs';

function replace(object, name, value) {
  const descriptor = engine.getOwnPropertyDescriptor(object, name);
  engine.defineProperty(object, name, {...descriptor, value});
}

// Replaces a function by a proxy that calls behave(target, self, args).
export function replaceFunction(object, name, behave) {
  const target = object[name];
  if (typeof target !== 'function') return;
  replace(object, name, new Proxy(target, {apply: behave}));
}

// Replaces a constructor likewise; behave(construct, args) with construct(args) → object.
export function replaceConstructor(object, name, behave) {
  const target = object[name];
  const proxy = new Proxy(target, {
    construct(_, args, newTarget) {
      const made = newTarget === proxy ? target : newTarget;
      return behave((actual) => engine.construct(target, actual, made), args);
    },
  });
  replace(object, name, proxy);
  replace(target.prototype, 'constructor', proxy);
}

// The engine refused our bytes, not the imports or the start function.
export function isRefusal(error) {
  return error instanceof engine.CompileError;
}

// promise.then, whatever the program has made of it.
export function chain(promise, onResult, onError) {
  return engine.apply(engine.then, promise, [onResult, onError]);
}
