// What the program gets as `instance.exports`: without the exports that the rewriter added, and
// with exports passed through a closure that sees when they are entered, and left by exceptions.
// Exports that touch nothing but globals (stackSave) are handed out as they are.
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
// unusual; neither throws. `token` goes from one to the other.
function enter(trace, index, pointer, maySuspend, a, b, rest) {
  const token = trace.watched && (trace.depth === 0 || trace.state !== 0)
    ? trace.exportEntered(index, maySuspend, rest ?? [a, b]) : null;
  if (trace.depth++ === 0) {
    trace.entered = index;
    trace.entrySp = pointer.value;
    trace.setOpen(trace.state === 0);
  }
  return token;
}

function leave(trace, index, token, result, a, b, rest) {
  if (--trace.depth === 0) {
    if (trace.state !== 0 || trace.reentered) trace.exportReturned(index, rest ?? [a, b], result);
    trace.entered = -1;
    trace.resumed = null;
    trace.setOpen(false);
  }
  if (trace.depth === trace.rewoundIntoDepth) trace.rewoundIntoLeft(index, false);
  if (token !== null) trace.exportLeft(token);
  return result;
}

// The error is passed on unchanged.
function fail(trace, index, token, error) {
  if (--trace.depth === 0) trace.setOpen(false);
  trace.exportThrew(index, error);
  if (trace.depth === 0) {
    trace.entered = -1;
    trace.resumed = null;
  }
  if (trace.depth === trace.rewoundIntoDepth) trace.rewoundIntoLeft(index, true);
  if (token !== null) trace.exportLeft(token);
  return error;
}

// Closures of fixed arity for the usual ones: a rest parameter costs 7 ns more. The error is thrown
// again here, which is where Node shows it when nobody catches it; its stack is its own.
function wrap(inner, index, trace, pointer, maySuspend) {
  switch (inner.length) {
    case 0:
      return () => {
        const token = enter(trace, index, pointer, maySuspend);
        try { return leave(trace, index, token, inner()); }
        catch (error) { throw fail(trace, index, token, error); }
      };
    case 1:
      return (a) => {
        const token = enter(trace, index, pointer, maySuspend, a);
        try { return leave(trace, index, token, inner(a), a); }
        catch (error) { throw fail(trace, index, token, error); }
      };
    case 2:
      return (a, b) => {
        const token = enter(trace, index, pointer, maySuspend, a, b);
        try { return leave(trace, index, token, inner(a, b), a, b); }
        catch (error) { throw fail(trace, index, token, error); }
      };
    case 3:
      return (a, b, c) => {
        const outer = enter(trace, index, pointer, maySuspend);
        try { return leave(trace, index, outer, inner(a, b, c)); }
        catch (error) { throw fail(trace, index, outer, error); }
      };
    default:
      return (...args) => {
        const token = enter(trace, index, pointer, maySuspend, 0, 0, args);
        try { return leave(trace, index, token, inner(...args), 0, 0, args); }
        catch (error) { throw fail(trace, index, token, error); }
      };
  }
}

// The C stack pointer, for exports that cannot suspend: it costs 20 ns to read, and nobody asks.
const kUnread = {value: 0};

// name → wrapped function, for the exports that the wrapper module names: 'outer' are those that may
// suspend, 'other' those that cannot.
function makeWrappers(wrapperModule, raw, trace) {
  const outer = Object.create(null);  // an export may be called __proto__
  const other = Object.create(null);
  for (const {module, name} of engine.moduleImports(wrapperModule)) {
    const index = Number(raw[name].name);
    if (module === 'outer') {
      const inner = trace.driver === null ? raw[name] : trace.driver.around(raw[name]);
      outer[name] = wrap(inner, index, trace, trace.spGlobal, true);
    } else if (module === 'other') {
      other[name] = wrap(raw[name], index, trace, kUnread, false);
    }
  }
  const instance = new engine.Instance(wrapperModule, {outer, other, inner: raw});
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
