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

// Before and after the call of a wrapped export. `trace` (instance.mjs) is told when something is
// unusual; neither throws.
function enter(trace, index) {
  if (trace.state !== 0 || trace.entryExpected) trace.exportEntered(index);
  const outer = trace.entered;
  if (trace.depth++ === 0) trace.entered = index;
  return outer;
}

function leave(trace, index, outer, result) {
  if (--trace.depth === 0) {
    if (trace.state !== 0) trace.exportReturned(index);
    trace.entered = outer;
  }
  return result;
}

// The error is passed on unchanged.
function fail(trace, index, outer, error) {
  --trace.depth;
  trace.exportThrew(index, error);
  trace.entered = outer;
  return error;
}

// Closures of fixed arity for the usual ones: a rest parameter costs 7 ns more. The error is thrown
// again here, which is where Node shows it when nobody catches it; its stack is its own.
function wrap(inner, index, trace) {
  switch (inner.length) {
    case 0:
      return () => {
        const outer = enter(trace, index);
        try { return leave(trace, index, outer, inner()); }
        catch (error) { throw fail(trace, index, outer, error); }
      };
    case 1:
      return (a) => {
        const outer = enter(trace, index);
        try { return leave(trace, index, outer, inner(a)); }
        catch (error) { throw fail(trace, index, outer, error); }
      };
    case 2:
      return (a, b) => {
        const outer = enter(trace, index);
        try { return leave(trace, index, outer, inner(a, b)); }
        catch (error) { throw fail(trace, index, outer, error); }
      };
    case 3:
      return (a, b, c) => {
        const outer = enter(trace, index);
        try { return leave(trace, index, outer, inner(a, b, c)); }
        catch (error) { throw fail(trace, index, outer, error); }
      };
    default:
      return (...args) => {
        const outer = enter(trace, index);
        try { return leave(trace, index, outer, inner(...args)); }
        catch (error) { throw fail(trace, index, outer, error); }
      };
  }
}

// name → wrapped function, for the exports that the wrapper module names.
function makeWrappers(wrapperModule, raw, trace) {
  const closures = Object.create(null);  // an export may be called __proto__
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
  // Made with a prototype that is taken away afterwards: V8 keeps an object that is born without one
  // as a hash table, and each call through it would take 6 ns longer.
  const exports = {};
  for (const name of Object.keys(raw)) {
    if (name.startsWith(kOwnPrefix)) continue;
    engine.defineProperty(exports, name, {
      value: Object.hasOwn(wrapped, name) ? wrapped[name] : raw[name],
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return Object.freeze(Object.setPrototypeOf(exports, null));
}
