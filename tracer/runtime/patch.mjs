// Puts the tracer between the program and the WebAssembly API.
//
// Modules that need no probes go to the engine as they came. Where the engine refuses a probed module, the original is compiled instead, so that errors
// are the engine's own, about the program's own bytes.

import {engine, kOwnPrefix} from './engine.mjs';
import {chain, isRefusal, replaceConstructor, replaceFunction} from './replace.mjs';
import {patchStreaming} from './streaming.mjs';

const arrayBufferLength = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, 'byteLength').get;
const sharedLength = globalThis.SharedArrayBuffer === undefined ? null :
    Object.getOwnPropertyDescriptor(SharedArrayBuffer.prototype, 'byteLength').get;

// The bytes of a BufferSource, not copied; null when it is none, or is detached.
export function sourceBytes(source) {
  try {
    if (ArrayBuffer.isView(source)) {
      return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
    }
  } catch {
    return null;
  }
  for (const length of [arrayBufferLength, sharedLength]) {
    try {
      engine.apply(length, source, []);
      return new Uint8Array(source);
    } catch {
      // Not of this kind.
    }
  }
  return null;
}

// The rewritten bytes as a source of the kind that the program gave: which kinds it takes is the
// engine's affair.
function likeSource(source, bytes) {
  if (source instanceof DataView) return new DataView(bytes.buffer, 0, bytes.length);
  if (ArrayBuffer.isView(source)) return bytes;
  if (source instanceof ArrayBuffer) {
    if (!source.resizable) return bytes.buffer;
    const buffer = new ArrayBuffer(bytes.length, {maxByteLength: bytes.length});
    new Uint8Array(buffer).set(bytes);
    return buffer;
  }
  const shared = new SharedArrayBuffer(bytes.length);
  new Uint8Array(shared).set(bytes);
  return shared;
}

export function patchWebAssembly(tracer) {
  const {WebAssembly} = globalThis;

  replaceConstructor(WebAssembly, 'Module', (construct, args) => {
    const bytes = sourceBytes(args[0]);
    const probed = bytes === null ? null : tracer.rewrite(bytes);
    if (probed === null) return construct(args);
    try {
      return construct([likeSource(args[0], probed), ...args.slice(1)]);
    } catch (error) {
      // A RangeError: Chromium compiles no more than 8 MB at once in a page.
      if (!isRefusal(error) && !(error instanceof RangeError)) throw error;
      tracer.noteRefusal(error, bytes.length);
      return construct(args);
    }
  });

  replaceConstructor(WebAssembly, 'Instance', (construct, args) => {
    if (!isModule(args[0])) return construct(args);
    const {imports, driver} = tracer.prepare(args[0], args[1]);
    const instance = construct([args[0], imports, ...args.slice(2)]);
    tracer.adopt(instance, args[0], driver);
    return instance;
  });

  replaceFunction(WebAssembly, 'compile', (target, self, args) =>
      whenRewritten(tracer, target, self, args) ?? engine.apply(target, self, args));

  replaceFunction(WebAssembly, 'instantiate', (target, self, args) => {
    const [source] = args;
    if (tracer.stress !== null) return instantiateDriven(tracer, target, self, args);
    const promise = whenRewritten(tracer, target, self, args);
    if (promise !== null) {
      return chain(promise, (result) => {
        tracer.adopt(result.instance, result.module);
        return result;
      });
    }
    const instantiated = engine.apply(target, self, args);
    if (!isModule(source) || tracer.describe(source) === null) return instantiated;
    return chain(instantiated, (instance) => {
      tracer.adopt(instance, source);
      return instance;
    });
  });

  replaceFunction(WebAssembly.Memory.prototype, 'grow', (target, self, args) => {
    const before = engine.apply(engine.memoryBuffer, self, []).byteLength;
    const pages = engine.apply(target, self, args);
    tracer.noteGrowth(self, before, engine.apply(engine.memoryBuffer, self, []).byteLength);
    return pages;
  });

  patchReflection(tracer);
  patchStreaming(tracer);
}

// instantiate where suspends are forced: the imports are wrapped, so the module has to be known first.
function instantiateDriven(tracer, target, self, args) {
  const [source, given, ...rest] = args;
  const instantiate = (module) => {
    const {imports, driver} = tracer.prepare(module, given);
    return chain(engine.apply(target, self, [module, imports, ...rest]), (instance) => {
      tracer.adopt(instance, module, driver);
      return instance;
    });
  };
  if (isModule(source)) return instantiate(source);
  const {WebAssembly} = globalThis;
  return chain(WebAssembly.compile(source, ...rest), (module) =>
    chain(instantiate(module), (instance) => ({module, instance})));
}

// compile or instantiate of bytes that get probes; null for any other first argument.
function whenRewritten(tracer, target, self, args) {
  const bytes = sourceBytes(args[0]);
  const probed = bytes === null ? null : tracer.rewrite(bytes);
  if (probed === null) return null;
  // The program may change its bytes as soon as this call returns.
  const original = bytes.slice();
  const rest = args.slice(1);
  const source = likeSource(args[0], probed);
  return chain(engine.apply(target, self, [source, ...rest]), undefined, (error) => {
    if (!isRefusal(error)) throw error;
    tracer.noteRefusal(error, original.length);
    return engine.apply(target, self, [original, ...rest]);
  });
}

function isModule(value) {
  try {
    engine.customSections(value, '');
    return true;
  } catch {
    return false;
  }
}

// What the rewriter added is not shown: exports of instances, exports and sections of modules.
function patchReflection(tracer) {
  const {WebAssembly} = globalThis;
  const descriptor = engine.getOwnPropertyDescriptor(WebAssembly.Instance.prototype, 'exports');
  // A plain getter: some glue code reads this property at every call, and a proxy is slow.
  const {get} = Object.getOwnPropertyDescriptor({
    get exports() {
      return tracer.exported.get(this) ?? engine.apply(engine.instanceExports, this, []);
    },
  }, 'exports');
  engine.defineProperty(WebAssembly.Instance.prototype, 'exports', {...descriptor, get});

  const {Module} = WebAssembly;
  const isProbed = (module) => isModule(module) && tracer.describe(module) !== null;
  replaceFunction(Module, 'exports', (target, self, args) => {
    const list = engine.apply(target, self, args);
    return isProbed(args[0]) ? list.filter(({name}) => !name.startsWith(kOwnPrefix)) : list;
  });
  replaceFunction(Module, 'customSections', (target, self, args) => {
    const list = engine.apply(target, self, args);
    return isProbed(args[0]) && String(args[1]).startsWith(kOwnPrefix) ? [] : list;
  });
}
