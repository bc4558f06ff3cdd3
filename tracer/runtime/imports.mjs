// The suspending imports of a traced module, passed through closures that see what JavaScript does
// in them: enter them in a wrong state, return a promise, throw, or forget the protocol.
//
// Only imports that may suspend are passed through (suspending_imports.h), and of these not
// Emscripten's invoke_*, which are replay-safe and called often. A function of another wasm module
// stays as it is, for the engine compares its type; so does everything that is no function.
//
// The engine reads the program's import object when it links. It gets a proxy of it, so that each
// property is read once, and when the engine would have read it.

import {engine} from './engine.mjs';
import {kNormal, kRewinding, kUnwinding} from './states.mjs';

// As suspending_imports.h writes them.
const kNumber = 1;
const kInt64 = 2;

// What ImportLeft says (event.def).
const kReturnedPromise = 1;
const kDidNotStopRewind = 2;
const kThrewRewinding = 3;
const kThrewUnwinding = 4;
const kReturnedNoBigInt = 5;

// bytes of suspending_imports.h → module → name → {index, parameters, result}
export function readSuspendingImports(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoder = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true});
  const modules = new Map();
  let at = 0;
  const number = () => view.getUint32((at += 4) - 4, true);
  const text = () => {
    const length = number();
    at += length;
    try {
      return decoder.decode(bytes.subarray(at - length, at));
    } catch {
      return null;
    }
  };
  for (let left = number(); left > 0; --left) {
    const entry = {index: number(), parameters: number(), result: number()};
    const module = text();
    const name = text();
    if (module === null || name === null) continue;
    if (!modules.has(module)) modules.set(module, new Map());
    modules.get(module).set(name, entry);
  }
  return modules;
}

let scratchTable = null;

// Whether it is an exported function of some instance: only those may be put into a table.
export function isWasmFunction(value) {
  scratchTable ??= new engine.Table({element: 'anyfunc', initial: 1});
  try {
    engine.apply(engine.tableSet, scratchTable, [0, value]);
    engine.apply(engine.tableSet, scratchTable, [0, null]);
    return true;
  } catch {
    return false;
  }
}

function isWatched(value, name) {
  return typeof value === 'function' && !name.startsWith('invoke_') &&
         !value.name.startsWith('invoke_') && !isWasmFunction(value);
}

function isThenable(value) {
  if (typeof value !== 'object' || value === null) return false;
  try {
    return typeof value.then === 'function';
  } catch {
    return false;
  }
}

// Before and after the call of a watched import. `trace` is the instance's (instance.mjs).
function enterImport(trace, entry) {
  const before = trace.state;
  if (before !== kNormal) trace.importEntered(entry.index);
  trace.activeImports[trace.importDepth++] = entry.index;
  return before;
}

function leaveImport(trace, entry, before, result) {
  --trace.importDepth;
  if (before !== kNormal || trace.state !== kNormal || typeof result === 'object') {
    judgeImport(trace, entry, before, result);
  }
  return result;
}

function judgeImport(trace, entry, before, result) {
  const after = trace.state;
  if (after === kUnwinding) trace.importLeftUnwinding();
  if (before === kRewinding && after === kRewinding) {
    trace.importLeft(entry.index, kDidNotStopRewind, before);
  } else if (after === kUnwinding && entry.result === kInt64 && typeof result !== 'bigint') {
    trace.importLeft(entry.index, kReturnedNoBigInt, before);
  } else if (before === kNormal && after === kNormal &&
             (entry.result === kNumber || entry.result === kInt64) && isThenable(result)) {
    trace.importLeft(entry.index, kReturnedPromise, before);
  }
}

// The error is passed on unchanged.
function failImport(trace, entry, before, error) {
  --trace.importDepth;
  if (trace.state === kUnwinding) {
    trace.importLeftUnwinding();
    trace.importLeft(entry.index, kThrewUnwinding, before);
  } else if (before === kRewinding && trace.state === kRewinding) {
    trace.importLeft(entry.index, kThrewRewinding, before);
  }
  return error;
}

// Of the arity with which wasm calls it: the import gets what it would have got. A rest parameter
// costs more, so the usual ones have a form of their own.
function watchImport(inner, entry, link) {
  switch (entry.parameters) {
    case 0:
      return () => {
        const {trace} = link;
        const before = enterImport(trace, entry);
        let result;
        try { result = inner(); } catch (error) { throw failImport(trace, entry, before, error); }
        return leaveImport(trace, entry, before, result);
      };
    case 1:
      return (a) => {
        const {trace} = link;
        const before = enterImport(trace, entry);
        let result;
        try { result = inner(a); } catch (error) { throw failImport(trace, entry, before, error); }
        return leaveImport(trace, entry, before, result);
      };
    case 2:
      return (a, b) => {
        const {trace} = link;
        const before = enterImport(trace, entry);
        let result;
        try { result = inner(a, b); } catch (error) { throw failImport(trace, entry, before, error); }
        return leaveImport(trace, entry, before, result);
      };
    case 3:
      return (a, b, c) => {
        const {trace} = link;
        const before = enterImport(trace, entry);
        let result;
        try { result = inner(a, b, c); } catch (error) { throw failImport(trace, entry, before, error); }
        return leaveImport(trace, entry, before, result);
      };
    default:
      return (...args) => {
        const {trace} = link;
        const before = enterImport(trace, entry);
        let result;
        try { result = inner(...args); } catch (error) { throw failImport(trace, entry, before, error); }
        return leaveImport(trace, entry, before, result);
      };
  }
}

// Between the program's import object and its instance.
export class ImportLink {
  constructor() {
    // Stands in until there is an instance: a start function may call imports.
    this.trace = {
      state: kNormal,
      importDepth: 0,
      activeImports: [],
      importEntered() {},
      importLeft() {},
      importLeftUnwinding() {},
    };
    this.functions = new Map();  // the program's functions that are watched: by their index
    this.driver = null;   // forces suspends (stress_driver.mjs)
  }
}

// The import object for the engine.
export function watchedImports(imports, suspending, link) {
  if (suspending.size === 0 || typeof imports !== 'object' || imports === null) return imports;
  const ofModule = (object, entries) => new Proxy(Object.create(null), {
    get(_, name) {
      const value = object[name];
      const entry = entries.get(name);
      if (entry === undefined || !isWatched(value, name)) return value;
      link.functions.set(entry.index, value);
      return watchImport(value, entry, link);
    },
  });
  return new Proxy(Object.create(null), {
    get(_, name) {
      const object = imports[name];
      const entries = suspending.get(name);
      const isObject = (typeof object === 'object' && object !== null) || typeof object === 'function';
      return entries === undefined || !isObject ? object : ofModule(object, entries);
    },
  });
}
