// Runs a Python program in one of the WebAssembly variants. Works in Node and in a page; knows
// nothing of any tracer.
//
//   runInterp({variantDir, source, filename, policy, heapBytes, hookInterval, virtualStep, repeat,
//              host, onOutput, timeoutMs})
//     -> {output, errorOutput, status, error, yields, resumes, hooks, sleeps, ms, virtualMs}
//
// policy: "never", "hooks:N", "real:MS" or "virtual:MS". The virtual clock advances by virtualStep
// microseconds (10 unless given) at each hook. status is null and error is set when the run did not
// end by itself: a trap, an abort, or the time limit. `repeat` runs the program so many times on one
// instance, until one fails; the counts are then those of the last run.

const isNode = typeof process !== 'undefined' && process.versions && process.versions.node;
const policies = {never: 0, hooks: 1, real: 2, virtual: 3};

export function parsePolicy(text = 'never') {
  const [name, amount = '0'] = text.split(':');
  const value = Number(amount);
  if (!(name in policies) || !Number.isFinite(value) || value < 0 || (name !== 'never' && !value)) {
    throw new Error(`not a yield policy: ${text} (never, hooks:N, real:MS, virtual:MS)`);
  }
  return {kind: policies[name], amount: value};
}

async function loadVariant(variantDir) {
  if (isNode) {
    const {readFileSync} = await import('node:fs');
    const {createRequire} = await import('node:module');
    const {join, resolve} = await import('node:path');
    const dir = resolve(variantDir);
    return {
      create: createRequire(import.meta.url)(join(dir, 'interp.js')),
      wasmBinary: readFileSync(join(dir, 'interp.wasm')),
    };
  }
  const base = String(variantDir).replace(/\/?$/, '/');
  const script = await (await fetch(base + 'interp.js')).text();
  const create = new Function(`${script}\nreturn createInterp;`)();
  return {create, wasmBinary: new Uint8Array(await (await fetch(base + 'interp.wasm')).arrayBuffer())};
}

// An error raised inside a timer of the glue reaches nobody but the event loop.
function catchStray(onError) {
  if (isNode) {
    process.on('uncaughtException', onError);
    process.on('unhandledRejection', onError);
    return () => {
      process.off('uncaughtException', onError);
      process.off('unhandledRejection', onError);
    };
  }
  const onEvent = event => {
    event.preventDefault();
    onError(event.error || event.reason || new Error(event.message));
  };
  globalThis.addEventListener('error', onEvent);
  globalThis.addEventListener('unhandledrejection', onEvent);
  return () => {
    globalThis.removeEventListener('error', onEvent);
    globalThis.removeEventListener('unhandledrejection', onEvent);
  };
}

export async function runInterp(options) {
  const policy = parsePolicy(options.policy);
  const decoders = {1: new TextDecoder(), 2: new TextDecoder()};
  const result = {output: '', errorOutput: '', status: null, error: null, yields: 0, resumes: 0,
                  hooks: 0, sleeps: 0, ms: 0, virtualMs: 0};
  let fail;
  const stray = new Promise((_, reject) => { fail = reject; });
  stray.catch(() => {});
  const {create, wasmBinary} = await loadVariant(options.variantDir);
  const module = await create({
    wasmBinary,
    host: options.host || {},
    onOutput(fd, bytes) {
      const text = decoders[fd].decode(bytes, {stream: true});
      if (fd === 1) result.output += text;
      else result.errorOutput += text;
      if (options.onOutput) options.onOutput(fd, text);
    },
    print: text => { result.errorOutput += text + '\n'; },
    printErr: text => { result.errorOutput += text + '\n'; },
  });
  // A cycle is complete when the rewind has reached the import that began the unwind.
  const stopRewind = module.asm.asyncify_stop_rewind;
  module._asyncify_stop_rewind = () => {
    result.resumes++;
    stopRewind();
  };
  module._py_init(options.heapBytes || 8 * 1024 * 1024);
  module._port_set_policy(policy.kind, policy.amount);
  if (options.hookInterval) module._port_set_hook_interval(options.hookInterval);
  if (options.virtualStep) module._port_set_virtual_step(options.virtualStep);

  // The texts must outlive the call, which returns long before the program ends: not on the stack.
  const copy = text => {
    const bytes = new TextEncoder().encode(text);
    const pointer = module._malloc(bytes.length + 1);
    new Uint8Array(module.HEAPU8.buffer).set(bytes, pointer);
    module.HEAPU8[pointer + bytes.length] = 0;
    return pointer;
  };
  const source = copy(options.source);
  const filename = copy(options.filename || '<string>');
  const release = catchStray(fail);
  let timer;
  const waits = [stray];
  if (options.timeoutMs) {
    waits.push(new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error('time limit')), options.timeoutMs);
    }));
  }
  const start = performance.now();
  try {
    for (let run = 0; run < (options.repeat ?? 1) && !result.status; run++) {
      const call = Promise.resolve(
          module.ccall('py_run_source', 'number', ['number', 'number'], [source, filename], {async: true}));
      result.status = await Promise.race([call, ...waits]);
    }
  } catch (error) {
    result.error = error;
  } finally {
    result.ms = performance.now() - start;
    clearTimeout(timer);
    release();
  }
  try {
    result.yields = module._port_yields();
    result.hooks = module._port_hooks();
    result.sleeps = module._port_sleeps();
    result.virtualMs = module._port_virtual_ms();
  } catch (error) {  // after an abort the glue refuses calls
    result.error = result.error || error;
  }
  return result;
}
