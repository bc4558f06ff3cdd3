// The rewriter: the C++ core, compiled to WebAssembly, as one function of bytes.

import {engine} from './engine.mjs';
import {compileOwn} from './own_script.mjs';

const kStatusProbed = 0;
const kStatusUntouched = 1;
// An instance whose memory has grown beyond this is not kept: it would stay as large for ever.
const kKeptBytes = 16 << 20;
// (func return_call 0)
const kTailCallModule = new Uint8Array(
    [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 6, 1, 4, 0, 18, 0, 11]);

export class Core {
  // loadBytes() gives the core's own module; it is called when the first module is to be rewritten.
  // `forced`: suspends are to be forced.
  constructor(loadBytes, forced = false) {
    this.loadBytes = loadBytes;
    this.forced = forced;
    this.module = null;
    this.instance = null;
  }

  // Gives {bytes} with probes, {} for a module that is not asyncified, or {message, offset} when the
  // module could not be read or probed. `bytes` is a Uint8Array and is not changed.
  rewrite(bytes) {
    const core = this.exports();
    const input = core.core_alloc(bytes.length);
    if (input === 0) return {message: 'no memory for a module of this size'};
    new Uint8Array(core.memory.buffer, input, bytes.length).set(bytes);
    const result = core.core_instrument(input, bytes.length, engine.validate(kTailCallModule),
                                        this.forced);
    const [status, begin, length, textBegin, textLength, offset] =
        new Uint32Array(core.memory.buffer, result, 6);
    const output = new Uint8Array(core.memory.buffer, begin, length);
    const text = new Uint8Array(core.memory.buffer, textBegin, textLength);
    let answer = {};
    if (status === kStatusProbed) {
      answer = {bytes: output.slice()};
    } else if (status !== kStatusUntouched) {
      answer = {message: new TextDecoder().decode(text), offset};
    }
    core.core_free(input);
    if (core.memory.buffer.byteLength > kKeptBytes) this.instance = null;
    return answer;
  }

  exports() {
    this.module ??= compileOwn(this.loadBytes());
    if (this.instance === null) {
      this.instance = new engine.Instance(this.module, this.imports());
      engine.apply(engine.instanceExports, this.instance, [])._initialize?.();
    }
    return engine.apply(engine.instanceExports, this.instance, []);
  }

  // The core does no I/O. What its C library imports for the case that it aborts must be there to
  // link, and ends in the trap that follows the abort.
  imports() {
    const imports = {};
    for (const {module, name} of engine.moduleImports(this.module)) {
      imports[module] ??= {};
      imports[module][name] = () => 0;
    }
    return imports;
  }
}
