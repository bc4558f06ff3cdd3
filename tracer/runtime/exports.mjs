// What the program gets as `instance.exports`: without the exports that the rewriter added, and
// with exports that may suspend passed through a closure that sees exceptions leave them.
//
// The closure is the import of a small wasm module that exports it again under the same type
// ("asyncscope.wrappers", made by the core), so that what the program gets is a genuine wasm
// function: it may go into tables, be an import, and has the name and length of the original.
// Tried and rejected: handing out the closure itself saves 5 ns a call (5 against 10; the bare
// export takes 2.5) but is refused by Table.prototype.set, and unwrapping it in every API that takes
// functions would be fragile. What remains different: `table.get(i)` is the inner function.
// Modules of dynamic linking get the inner functions only, for their loader compares them.

import {engine, kOwnPrefix} from './engine.mjs';

// The closures below keep the count of entered exports; `trace` is told when something is unusual.
// It must not throw. The error is passed on unchanged.
function wrap(inner, index, trace) {
  return (...args) => {
    if (trace.state !== 0 || trace.entryExpected) trace.exportEntered(index);
    const outer = trace.entered;
    if (trace.depth++ === 0) trace.entered = index;
    let result;
    try {
      result = inner(...args);
    } catch (error) {
      --trace.depth;
      trace.exportThrew(index, error);
      trace.entered = outer;
      throw error;  // asyncscope passes on what the program threw: its own stack follows
    }
    if (--trace.depth === 0) {
      if (trace.state !== 0) trace.exportReturned(index);
      trace.entered = outer;
    }
    return result;
  };
}

// name → wrapped function, for the exports that the wrapper module names.
function makeWrappers(wrapperModule, raw, trace) {
  const closures = {};
  for (const {name} of engine.moduleImports(wrapperModule)) {
    closures[name] = wrap(raw[name], Number(raw[name].name), trace);
  }
  const instance = new engine.Instance(wrapperModule, {'': closures});
  const wrapped = engine.apply(engine.instanceExports, instance, []);
  for (const name of Object.keys(wrapped)) {
    engine.defineProperty(wrapped[name], 'name', {value: raw[name].name, configurable: true});
  }
  return wrapped;
}

// `raw` is the engine's exports object; the result has the same order, prototype and frozenness.
export function publicExports(raw, wrapperModule, trace) {
  const wrapped = wrapperModule === null ? {} : makeWrappers(wrapperModule, raw, trace);
  const exports = Object.create(null);
  for (const name of Object.keys(raw)) {
    if (name.startsWith(kOwnPrefix)) continue;
    engine.defineProperty(exports, name, {
      value: Object.hasOwn(wrapped, name) ? wrapped[name] : raw[name],
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return Object.freeze(exports);
}
