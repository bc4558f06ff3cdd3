// The functions that a program imports, where suspends are forced: they pass through closures, so
// that the driver (stress_driver.mjs) meets every opportunity and knows which JavaScript is on the stack.
//
//   may suspend                  an opportunity; the function itself is called when there is no suspend, or
//                                when its rewind has arrived, so once
//   invoke_*, dynCall_*          replay-safe, and left as they are: the rewind calls them again
//   any other                    while it runs, what it calls back turns round before it comes to it
//
// Functions that are WebAssembly themselves are left as they are: loaders compare them.

import {isWasmFunction} from './imports.mjs';

const kReplaySafe = /^(invoke|dynCall)_/;

// Closures of fixed arity, as around exports: a rest parameter costs more than all the rest.
function opportunity(real, {index, zero, parameters}, driver) {
  switch (parameters) {
    case 0:
      return () => {
        if (driver.suspendsAt(index)) return zero;
        const outer = driver.enterScript();
        try { return real(); } finally { driver.barrier = outer; }
      };
    case 1:
      return (a) => {
        if (driver.suspendsAt(index)) return zero;
        const outer = driver.enterScript();
        try { return real(a); } finally { driver.barrier = outer; }
      };
    case 2:
      return (a, b) => {
        if (driver.suspendsAt(index)) return zero;
        const outer = driver.enterScript();
        try { return real(a, b); } finally { driver.barrier = outer; }
      };
    default:
      return (...args) => {
        if (driver.suspendsAt(index)) return zero;
        const outer = driver.enterScript();
        try { return real(...args); } finally { driver.barrier = outer; }
      };
  }
}

function notReplayable(real, driver) {
  return (...args) => {
    const outer = driver.enterScript();
    try { return real(...args); } finally { driver.barrier = outer; }
  };
}

function wrapImport(value, entry, driver) {
  if (typeof value !== 'function' || isWasmFunction(value)) return value;
  if (kReplaySafe.test(entry.name) || kReplaySafe.test(value.name)) return value;
  return entry.suspending ? opportunity(value, entry, driver) : notReplayable(value, driver);
}

const isObject = (value) => typeof value === 'object' && value !== null || typeof value === 'function';

// The import object with every function of `section` wrapped. What the engine reads of it, it reads
// from the program's own object at that moment: loaders of dynamic linking give proxies.
export function wrapImports(imports, section, driver) {
  if (!isObject(imports)) return imports;
  const entries = new Map();
  for (const entry of section.imports) {
    if (!entries.has(entry.module)) entries.set(entry.module, new Map());
    if (!entries.get(entry.module).has(entry.name)) entries.get(entry.module).set(entry.name, entry);
  }
  return new Proxy({}, {
    get(_, module) {
      const namespace = imports[module];
      const wanted = entries.get(module);
      if (wanted === undefined || !isObject(namespace)) return namespace;
      return new Proxy({}, {
        get(_, name) {
          const value = namespace[name];
          const entry = wanted.get(name);
          return entry === undefined ? value : wrapImport(value, entry, driver);
        },
      });
    },
  });
}
