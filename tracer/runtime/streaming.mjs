// compileStreaming and instantiateStreaming: the response is read whole, rewritten, and handed to the
// engine's own streaming function as a new response, so that its checks and errors are the
// engine's. A source that the engine would refuse goes to it untouched.

import {engine} from './engine.mjs';
import {ImportLink} from './imports.mjs';
import {chain, isRefusal, replaceFunction} from './replace.mjs';

// A response that the engine would start to compile, as far as can be told without reading it.
function isAcceptable(source) {
  return source instanceof Response && source.ok && !source.bodyUsed &&
         source.headers.get('Content-Type')?.toLowerCase() === 'application/wasm';
}

function responseOf(bytes, url) {
  const response = new Response(bytes, {headers: {'Content-Type': 'application/wasm'}});
  // Engines name functions in stacks after the address.
  if (url) engine.defineProperty(response, 'url', {value: url});
  return response;
}

// With a link the second argument is an import object.
async function rewriteAndCall(tracer, target, self, args, link = null) {
  const source = await args[0];
  const rest = args.slice(1);
  if (!isAcceptable(source)) return engine.apply(target, self, [source, ...rest]);
  const bytes = new Uint8Array(await source.arrayBuffer());
  const probed = tracer.rewrite(bytes);
  const call = (content, more) =>
      engine.apply(target, self, [responseOf(content, source.url), ...more]);
  if (probed === null) return call(bytes, rest);
  const watched = link === null ? rest : tracer.watchImports(probed, rest, link);
  try {
    return await call(probed, watched);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    tracer.noteRefusal(error, bytes.length);
    return call(bytes, rest);
  }
}

export function patchStreaming(tracer) {
  const {WebAssembly} = globalThis;
  replaceFunction(WebAssembly, 'compileStreaming',
                  (target, self, args) => rewriteAndCall(tracer, target, self, args));
  replaceFunction(WebAssembly, 'instantiateStreaming', (target, self, args) => {
    if (tracer.stress !== null) {
      const [source, ...rest] = args;
      return chain(WebAssembly.compileStreaming(source), (module) =>
        chain(WebAssembly.instantiate(module, ...rest), (instance) => ({module, instance})));
    }
    const link = new ImportLink();
    return chain(rewriteAndCall(tracer, target, self, args, link), (result) => {
      tracer.adopt(result.instance, result.module, link);
      return result;
    });
  });
}
