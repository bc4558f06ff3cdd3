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
  now: globalThis.performance.now.bind(globalThis.performance),
};

// Exports and custom sections that the rewriter adds begin with this; the program sees none of them.
export const kOwnPrefix = 'asyncscope.';
