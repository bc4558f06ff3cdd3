// Finds the private Asyncify object of Emscripten's glue: it is in the scope of the functions that
// the glue gives as imports, and V8 shows the scopes of a function to a debugger. A session of the
// debugger within the process is opened for that moment; no port, no other thread, nothing that the
// program could see. It takes some tens of milliseconds, once for each glue script.

import inspector from 'node:inspector';

const kTries = 8;  // in the life of a thread: each that finds nothing has cost the time all the same
let triesLeft = kTries;

// The variables that the function can see, innermost scope first.
function scopesOf(fn) {
  const holder = Symbol('asyncscope');
  const session = new inspector.Session();
  const post = (method, parameters) => {
    let answer = null;
    session.post(method, parameters, (error, result) => { answer = error ? null : result; });
    return answer;
  };
  const scopes = [];
  // Known to the evaluated code by a symbol that nobody else can name.
  globalThis[holder] = {fn, take: (scope) => scopes.push(scope)};
  const key = `Object.getOwnPropertySymbols(globalThis).find((s) => s.description === 'asyncscope')`;
  session.connect();
  try {
    post('Debugger.enable');
    const {result} = post('Runtime.evaluate', {expression: `globalThis[${key}].fn`});
    const {internalProperties} = post('Runtime.getProperties',
                                      {objectId: result.objectId, ownProperties: true});
    const found = internalProperties.find(({name}) => name === '[[Scopes]]');
    post('Runtime.callFunctionOn', {
      objectId: found.value.objectId,
      functionDeclaration: `function() {
        const {take} = globalThis[${key}];
        for (let i = 0; i < this.length; ++i) take(this[i].object);
      }`,
    });
  } finally {
    post('Debugger.disable');
    session.disconnect();
    delete globalThis[holder];
  }
  return scopes;
}

// The function that a function of the glue passes everything on to, as its imports do with
// assertions; undefined where that is not known.
function wrappedBy(fn) {
  if (triesLeft <= 0) return undefined;
  --triesLeft;
  try {
    return scopesOf(fn)[0]?.original;
  } catch {
    return undefined;
  }
}

// {asyncify, keepRuntimeAlive, module, wrappedBy} of the glue that the function comes from; null: none
// was found.
export function findGlue(fn) {
  if (triesLeft <= 0) return null;
  --triesLeft;
  try {
    for (const scope of scopesOf(fn)) {
      const {Asyncify: asyncify, keepRuntimeAlive, Module: module} = scope ?? {};
      if (typeof asyncify?.handleSleep !== 'function' || !('currData' in asyncify)) continue;
      return {
        asyncify,
        keepRuntimeAlive: typeof keepRuntimeAlive === 'function' ? keepRuntimeAlive : undefined,
        module: typeof module === 'object' && module !== null ? module : {},
        wrappedBy,
      };
    }
  } catch {
    // An engine without a debugger.
  }
  return null;
}
