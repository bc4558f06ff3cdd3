// Stacks with locals, taken from the debugger where an exception is thrown with WebAssembly on the stack, before
// it is caught or has left anything. They go into the trace as notes, one a frame.
//
// While the debugger is on, V8 runs WebAssembly in a form that is some three times slower, so it is on only
// when it is asked for, and only until enough has been seen.

const kStops = 8;        // in a recording
const kFrames = 16;      // of a stack, innermost first
const kLocals = 48;      // of a frame

export class Locals {
  // `send(method, params, session)` as Pages has it.
  constructor(send, recording) {
    this.send = send;
    this.recording = recording;
    this.left = kStops;
    this.seen = new Set();  // what was thrown, with its stack: an error may be thrown on, by us too
    this.sessions = new Set();
  }

  async attach(session) {
    if (this.left === 0) return;
    this.sessions.add(session);
    await this.send('Debugger.enable', {}, session);
    await this.send('Debugger.setPauseOnExceptions', {state: 'all'}, session);
  }

  handle(method, params, session) {
    if (method === 'Debugger.paused' && this.sessions.has(session)) {
      this.paused(params, session).catch(() => {});  // it is gone
    }
  }

  async paused({reason, data, callFrames}, session) {
    const frames = callFrames.filter(isWasm).slice(0, kFrames);
    const thrown = String(data?.description ?? reason);
    try {
      if (frames.length > 0 && this.left > 0 && !this.seen.has(thrown)) {
        --this.left;
        this.seen.add(thrown);
        for (const [depth, frame] of frames.entries()) {
          const locals = await this.localsOf(frame, session);
          const name = frame.functionName.replace(/^\$/, '') || 'a function without a name';
          this.recording.note({what: 'locals', message:
            `${thrown.split('\n', 1)[0]}, frame ${depth}: ${name}: ${locals.join(', ') || 'no locals'}`});
        }
      }
    } finally {
      await this.send('Debugger.resume', {}, session);
    }
    if (this.left === 0) await this.end();
  }

  async localsOf({scopeChain}, session) {
    const scope = scopeChain.find(({type}) => type === 'local');
    if (scope === undefined) return [];
    const {result} = await this.properties(scope.object.objectId, session);
    return Promise.all(result.slice(0, kLocals).map(async ({name, value}) => {
      if (value?.objectId === undefined) return `${name} = ${value?.value ?? value?.description}`;
      // A value of WebAssembly: an object with its type and its value.
      const {result: parts} = await this.properties(value.objectId, session);
      const inner = parts.find((part) => part.name === 'value')?.value;
      return `${name} = ${inner?.unserializableValue ?? inner?.value ?? inner?.description ?? value.description}`;
    }));
  }

  properties(objectId, session) {
    return this.send('Runtime.getProperties', {objectId, ownProperties: true}, session);
  }

  // Full speed again.
  async end() {
    await Promise.allSettled([...this.sessions].map((session) => this.send('Debugger.disable', {}, session)));
    this.sessions.clear();
  }
}

function isWasm({scopeChain}) {
  return scopeChain.some(({type}) => type === 'wasm-expression-stack');
}
