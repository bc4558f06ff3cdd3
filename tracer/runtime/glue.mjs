// What Emscripten's glue knows beside the wasm state: which sleep a waker belongs to, whether it was
// used before, whether the caller of an export got a promise, whether the runtime is kept alive.
//
// The glue's Asyncify object is private to its script. Where the environment can find it (Node:
// node_glue.mjs), handleSleep and whenDone are replaced by functions that pass everything through;
// elsewhere there are no Glue events, and the analyzer says less. Only what is unusual is written: a
// healthy cycle costs two closures and no event.

import {engine} from './engine.mjs';
import {EventKind} from './events.mjs';
import {encodePayload} from './ring.mjs';
import {restoreSetting} from './stacks.mjs';
import {kNormal, kUnwinding} from './states.mjs';

const kDisabled = 3;  // of the glue's own state

const kOptionUnknown = 0;
const kOptionSet = 1;
const kOptionNotSet = 2;

const kOptionsArgument = 4;  // ccall(ident, returnType, argTypes, args, opts)
const kPromisesWatched = 64;
const kBodiesCompared = 2;  // for each import
const kChangesTold = 4;

// The function that called `below`, a function on the stack: {name, script, option}. `option`: for a
// ccall, whether it was told to be asynchronous. The arguments of a function can only be seen where
// neither it nor what stands above it is in strict mode, as Emscripten's glue usually is not; so our
// own functions, which are, must not be among the frames.
function callerOf(below) {
  const caller = {name: '', script: '', option: kOptionUnknown};
  const limit = engine.getOwnPropertyDescriptor(Error, 'stackTraceLimit');
  const prepare = engine.getOwnPropertyDescriptor(Error, 'prepareStackTrace');
  try {
    Error.stackTraceLimit = 1;
    Error.prepareStackTrace = (_, sites) => sites;
    const holder = {};
    Error.captureStackTrace(holder, below);
    const [site] = holder.stack;
    caller.name = site.getFunctionName() ?? '';
    caller.script = site.getFileName() ?? '';
    const args = caller.name === 'ccall' ? site.getFunction()?.arguments : undefined;
    if (args) caller.option = args[kOptionsArgument]?.async ? kOptionSet : kOptionNotSet;
  } catch {
    // Not V8, or a frozen Error.
  } finally {
    restoreSetting('stackTraceLimit', limit);
    restoreSetting('prepareStackTrace', prepare);
  }
  return caller;
}

// Calls onUse() once when somebody begins to wait for the promise: await, then and Promise.resolve
// all ask for its constructor first.
function watchUse(promise, onUse) {
  engine.defineProperty(promise, 'constructor', {
    get() {
      delete promise.constructor;
      onUse();
      return promise.constructor;
    },
    configurable: true,
  });
}

// A property's value, where looking at it runs no code: the glue has getters that abort.
function valueOf(object, name) {
  return engine.getOwnPropertyDescriptor(object, name)?.value;
}

// name → value, of the properties that are numbers, texts or truth values, and the lengths of lists.
function valuesOf(object) {
  const values = new Map();
  for (const name of Object.keys(object)) {
    const value = valueOf(object, name);
    if (['number', 'string', 'boolean'].includes(typeof value)) values.set(name, value);
    if (Array.isArray(value)) values.set(`${name}.length`, value.length);
  }
  return values;
}

// Replaces a method by one that looks like it.
function replaceMethod(object, name, method) {
  const original = object[name];
  engine.defineProperty(method, 'name', {value: original.name, configurable: true});
  engine.defineProperty(method, 'length', {value: original.length, configurable: true});
  object[name] = method;
}

export class GlueWatch {
  // `trace`: the instance; `asyncify`, `module`: the glue's objects of these names;
  // `keepRuntimeAlive`: its function of that name, if it has one; `wrappedBy`: gives the import that
  // a function of the glue stands before.
  constructor(trace, {asyncify, keepRuntimeAlive, module, wrappedBy}) {
    this.trace = trace;
    this.asyncify = asyncify;
    this.keepRuntimeAlive = keepRuntimeAlive;
    this.module = module;
    this.wrappedBy = wrappedBy;
    this.before = null;           // of an import that rewinds: {index, values} of the Module object
    this.bodiesCompared = new Map();  // index of an import → how often
    this.wasFree = null;   // the runtime was free to exit when the first sleep began
    this.sleeps = 0;       // times handleSleep was asked for one
    this.inline = 0;       // of those: woken, without a value, before the starter had returned
    this.suspended = 0;    // number of the sleep whose stack is suspended; 0: none
    this.aborted = false;
    this.waits = 0;        // GlueWaits events
    this.unused = new Map();  // number of the event → {index, option}
    this.watchSleeps();
    if (typeof asyncify.whenDone === 'function') this.watchPromises();
    this.put(EventKind.GlueFound, 0, 0, 0, 0);
  }

  put(kind, fn, detail, position, sp) {
    const {trace} = this;
    trace.ring.put(kind, trace.number, fn, detail, trace.thread.time(), position, sp);
    trace.ring.publish();
  }

  isFree() {
    try {
      return this.keepRuntimeAlive === undefined ? null : !this.keepRuntimeAlive();
    } catch {
      return null;
    }
  }

  watchSleeps() {
    const watch = this;
    const {trace, asyncify} = this;
    const {handleSleep} = asyncify;
    replaceMethod(asyncify, 'handleSleep', function(startAsync) {
      if (trace.state !== kNormal || typeof startAsync !== 'function') {
        watch.bodyEnds();
        return engine.apply(handleSleep, this, [startAsync]);
      }
      watch.wasFree ??= watch.isFree();
      const sleep = ++watch.sleeps;
      let started = false;
      let returned = false;
      let used = 0;
      let delivered = false;
      const starter = (wakeUp) => {
        started = true;
        return startAsync((value) => {
          ++used;
          delivered ||= value !== undefined;
          if (returned) watch.woken(sleep, used);
          return wakeUp(value);
        });
      };
      try {
        return engine.apply(handleSleep, this, [starter]);
      } finally {
        returned = true;
        if (!started) watch.refused();
        if (used > 0 && !delivered) ++watch.inline;
        if (trace.state === kUnwinding) watch.suspended = sleep;
      }
    });
  }

  // The outermost export has been unwound, and the unwind is over.
  unwound() {
    const early = this.trace.earlyReturns.current;
    if (!early?.isMain || early.isTold) return;
    early.isTold = true;
    const callbacks = valueOf(this.module, 'postRun');
    const count = typeof callbacks === 'function' ? 1 : Array.isArray(callbacks) ? callbacks.length : 0;
    if (count > 0) this.put(EventKind.GluePostRun, early.index, 0, count, 0);
  }

  // An import was entered at the end of a rewind: what it does before handleSleep, it does again.
  bodyBegins(index) {
    const compared = this.bodiesCompared.get(index) ?? 0;
    if (compared >= kBodiesCompared) return;
    this.bodiesCompared.set(index, compared + 1);
    this.before = {index, values: valuesOf(this.module)};
  }

  bodyEnds() {
    const {before} = this;
    this.before = null;
    if (before === null) return;
    const after = valuesOf(this.module);
    const changes = [];
    for (const [name, value] of after) {
      const old = before.values.get(name);
      if (!Object.is(old, value)) changes.push(`Module.${name}: ${old} → ${value}`);
    }
    if (changes.length === 0) return;
    const {trace} = this;
    const payload = encodePayload(changes.slice(0, kChangesTold).join(', '));
    trace.ring.put(EventKind.GlueBodyRanTwice, trace.number, before.index, payload.length,
                   trace.thread.time(), 0, 0);
    trace.ring.putPayload(payload, 0, payload.length);
  }

  // A waker was called, after its sleep had begun.
  woken(sleep, used) {
    if (used > 1 || sleep !== this.suspended) {
      this.put(EventKind.GlueWoken, sleep, used, this.suspended, 0);
    }
    this.suspended = 0;
  }

  refused() {
    const {state} = this.asyncify;
    if (state === kDisabled || this.aborted) {
      this.put(EventKind.GlueRefused, 0, state, this.aborted ? 1 : 0, 0);
    }
  }

  watchPromises() {
    const watch = this;
    const {trace, asyncify} = this;
    const {whenDone} = asyncify;
    replaceMethod(asyncify, 'whenDone', function whenPromised() {
      const promise = engine.apply(whenDone, this, []);
      try {
        watch.promised(promise, callerOf(whenPromised));
      } catch {
        // Not a promise of the engine's: nothing is known of it.
      }
      return promise;
    });
  }

  // `caller`: what asked for the promise, on behalf of the export that it had called just before.
  promised(promise, caller) {
    const {trace} = this;
    const {option} = caller;
    const early = trace.earlyReturns.current;
    if (trace.depth > 0 || early === null) return;
    // It is another call's where that export did not suspend: then it is not the suspended call that
    // had this caller, or that one has its promise already.
    const completed = early.hasPromise || !trace.earlyReturns.mayBeCalledBy(caller);
    const number = this.waits++;
    this.put(EventKind.GlueWaits, early.index, option, completed ? 1 : 0, 0);
    if (!completed) early.hasPromise = true;
    if (this.unused.size >= kPromisesWatched) return;
    const {unused} = this;
    unused.set(number, {index: early.index, option});
    const onUse = () => unused.delete(number);
    watchUse(promise, onUse);
    // ccall hands out the promise of its own `then`: that is the one that somebody must wait for.
    engine.defineProperty(promise, 'then', {
      value: function(...args) {
        delete promise.then;
        delete promise.constructor;
        const next = engine.apply(engine.then, promise, args);
        watchUse(next, onUse);
        return next;
      },
      configurable: true,
      writable: true,
    });
  }

  // At the end of the program; `idle`: it had nothing left to do.
  finish(idle) {
    this.put(EventKind.GlueSleeps, 0, 0, this.sleeps, this.inline);
    for (const [number, {index, option}] of this.unused) {
      this.put(EventKind.GluePromiseUnused, index, option, number, 0);
    }
    if (idle && this.wasFree === true && this.suspended === 0 && !this.aborted &&
        this.isFree() === false) {
      this.put(EventKind.GlueKeepsAlive, 0, 0, 0, 0);
    }
  }
}
