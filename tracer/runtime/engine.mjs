// What the engine offered before anything was patched. The runtime uses only these, so that neither
// its own patches nor those of the program come into its way.

const {WebAssembly} = globalThis;

function getter(constructor, name) {
  return Object.getOwnPropertyDescriptor(constructor.prototype, name).get;
}

export const engine = {
  Module: WebAssembly.Module,
  Instance: WebAssembly.Instance,
  Memory: WebAssembly.Memory,
  Table: WebAssembly.Table,
  CompileError: WebAssembly.CompileError,
  RuntimeError: WebAssembly.RuntimeError,
  validate: WebAssembly.validate,
  moduleExports: WebAssembly.Module.exports,
  moduleImports: WebAssembly.Module.imports,
  customSections: WebAssembly.Module.customSections,
  instanceExports: getter(WebAssembly.Instance, 'exports'),
  memoryBuffer: getter(WebAssembly.Memory, 'buffer'),
  then: Promise.prototype.then,
  textOf: Function.prototype.toString,
  apply: Reflect.apply,
  construct: Reflect.construct,
  defineProperty: Object.defineProperty,
  getOwnPropertyDescriptor: Object.getOwnPropertyDescriptor,
  now: globalThis.performance?.now.bind(globalThis.performance) ?? Date.now,
};

// Exports and custom sections that the rewriter adds begin with this; the program sees none of them.
export const kOwnPrefix = 'asyncscope.';

// Functions of the global scope as they were at the start. In a worker that is stopped before its first
// script, not all are there yet: those are taken when they are first asked for.
const early = {};
for (const name of ['addEventListener', 'atob', 'btoa', 'setTimeout']) early[name] = globalThis[name];

export function globalFunction(name) {
  early[name] ??= globalThis[name];
  return early[name];
}
