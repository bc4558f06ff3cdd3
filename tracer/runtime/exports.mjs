// What the program gets as `instance.exports`: without the exports that the rewriter added, and
// with exports that may suspend passed through a closure that sees exceptions leave them.
//
// What the program gets are exports of a small wasm module made by the core ("asyncscope.wrappers",
// export_wrappers.h), genuine wasm functions that may go into tables and be imports, with the name and
// length of the original. They call the closure, or where it could see nothing but errors, that is
// inside another export in the normal state, go past it after some thousand calls: an error that passes
// through there is seen when it leaves the outermost export, unless JavaScript in between swallows it.
// Tried and rejected: handing out the closure itself is refused by Table.prototype.set, and unwrapping
// it in every API that takes functions would be fragile. Deciding in the closure costs 4 ns a call,
// against 1. What remains different: `table.get(i)` is the inner function.
// Modules of dynamic linking get the inner functions only, for their loader compares them.

import {engine, kOwnPrefix} from './engine.mjs';

// Before and after the call of a wrapped export. `trace` (instance.mjs) is told when something is
// unusual; neither throws.
function enter(trace, index) {
  if (trace.state !== 0 || trace.entryExpected) trace.exportEntered(index);
  const outer = trace.entered;
  if (trace.depth++ === 0) {
    trace.entered = index;
    trace.setOpen(trace.state === 0);
  }
  return outer;
}

function leave(trace, index, outer, result) {
  if (--trace.depth === 0) {
    if (trace.state !== 0) trace.exportReturned(index);
    trace.entered = outer;
    trace.setOpen(false);
  }
  return result;
}

// The error is passed on unchanged.
function fail(trace, index, outer, error) {
  if (--trace.depth === 0) trace.setOpen(false);
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
  const outer = Object.create(null);  // an export may be called __proto__
  for (const {module, name} of engine.moduleImports(wrapperModule)) {
    if (module !== 'outer') continue;
    const inner = trace.driver === null ? raw[name] : trace.driver.around(raw[name]);
    outer[name] = wrap(inner, Number(raw[name].name), trace);
  }
  const instance = new engine.Instance(wrapperModule, {outer, inner: raw});
  const wrapped = engine.apply(engine.instanceExports, instance, []);
  trace.setOpen = wrapped[kOwnPrefix + 'open'] ?? trace.setOpen;
  for (const name of Object.keys(wrapped)) {
    if (name.startsWith(kOwnPrefix)) continue;
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
