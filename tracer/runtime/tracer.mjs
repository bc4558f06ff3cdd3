// Everything that is traced on one thread: its ring, its modules, its instances.
//
// The environment (Node or a page) gives
//   thread               number of this thread, 0 for the main one
//   ringBytes            wanted size of the ring
//   loadCore()           bytes of the rewriter's module
//   loadRingWriter()     bytes of ring_writer.wasm
//   shareRing            whether another thread drains the ring
//   openRing(bytes)      the ring exists: drain it from now on
//   published(waiting, capacity)   slots were published, so many wait to be drained
//   drain()              drain it now: an error has left an export
//   writeChunk(type, bytes)
//   stress               schedule of forced suspends (stress_schedule.mjs), null for none
//   declared             optional: globals that its developer has declared (declared.mjs)
//   findGlue(function)   optional: Emscripten's Asyncify object, by a function of its script
//                        ({asyncify, keepRuntimeAlive, module, wrappedBy}, or null)

import {Core} from './core.mjs';
import {engine, kOwnPrefix} from './engine.mjs';
import {debugPayload} from './debug_sections.mjs';
import {declaredOf} from './declared.mjs';
import {EventKind, kChunkDebug, kChunkModule, kChunkNote} from './events.mjs';
import {GlueWatch} from './glue.mjs';
import {readSuspendingImports, watchedImports} from './imports.mjs';
import {TracedInstance} from './instance.mjs';
import {MarkBook} from './marks.mjs';
import {MemoryCheck} from './memory_check.mjs';
import {compileOwn} from './own_script.mjs';
import {Ring, ringCapacity} from './ring.mjs';
import {StackBook} from './stacks.mjs';
import {Stress} from './stress.mjs';

const kMaximumInstances = 65536;

// What the traced instances of a thread share. Made with the first of them.
class TracedThread {
  constructor(environment, thrown) {
    this.begun = engine.now();
    this.drain = () => environment.drain();
    this.ring = new Ring(ringCapacity(environment.ringBytes), environment.shareRing,
                         environment.published);
    this.writerModule = compileOwn(environment.loadRingWriter());
    this.stacks = new StackBook(this.ring);
    this.memoryCheck = new MemoryCheck(this.ring);
    this.snapshotsTaken = 0;
    this.marks = new MarkBook(this.ring);
    this.thrown = thrown;
    this.instances = [];  // weak references to those that there are
    environment.openRing(this.ring.bytes);
  }

  // Microseconds since the thread's recording began, modulo 2^32.
  time() {
    return ((engine.now() - this.begun) * 1000) % 4294967296;
  }

  liveInstances() {
    return this.instances.map((reference) => reference.deref()).filter((one) => one !== undefined);
  }

  makeWriter(number, onControl, onLimit) {
    const {memory, mask} = this.ring;
    const ring = {memory, mask, instance: number << 16, onControl, onLimit};
    return engine.apply(engine.instanceExports, new engine.Instance(this.writerModule, {ring}), []);
  }

  // Whether this error has not been noted before; values that are no objects always are new.
  firstSightOf(error) {
    if (typeof error !== 'object' || error === null) return true;
    if (this.thrown.has(error)) return false;
    this.thrown.add(error);
    return true;
  }
}

export class Tracer {
  constructor(environment) {
    this.environment = environment;
    this.stress = environment.stress == null ? null : new Stress(environment.stress);
    this.core = new Core(environment.loadCore, this.stress !== null);
    this.threadState = null;
    this.modules = new WeakMap();    // Module → description of a probed one, or null
    this.importLists = new WeakMap();  // bytes that rewrite() gave → their suspending imports
    this.exported = new WeakMap();   // Instance → what the program gets as its exports
    this.memories = new WeakMap();   // Memory → a TracedInstance that has it
    this.moduleCount = 0;
    this.instanceCount = 0;
    this.thrown = new WeakSet();     // errors that have left traced exports
    this.undeclared = new Set();     // declared globals that an instance did not have
    this.position = null;            // [memory, pointer] registered before the thread was traced
  }

  // The bytes to compile in place of `bytes`, a Uint8Array; null: compile the original.
  rewrite(bytes) {
    let result;
    try {
      result = this.core.rewrite(bytes);
      // Before the probed module exists: where the ring cannot be had, there must be none.
      if (result.bytes !== undefined) this.threadState ??= this.openThread();
    } catch (error) {
      result = {message: `the rewriter failed: ${error}`};
    }
    // The engine says better what is wrong with a broken module; here it is only noted.
    if (result.message !== undefined) {
      this.note({what: 'module not probed', ...result, size: bytes.length});
    }
    if (result.bytes === undefined) return null;
    this.importLists.set(result.bytes, readSuspendingImports(result.imports));
    return result.bytes;
  }

  // The arguments behind the bytes, which rewrite() gave, with the import object watched.
  watchImports(bytes, rest, link) {
    return [watchedImports(rest[0], this.importLists.get(bytes), link), ...rest.slice(1)];
  }

  // The engine did not compile the bytes that rewrite() gave.
  noteRefusal(error, size) {
    this.note({what: 'probed module refused', message: String(error.message), size});
  }

  note(note) {
    const bytes = new TextEncoder().encode(JSON.stringify(note));
    this.environment.writeChunk(kChunkNote, bytes);
  }

  // The description of a probed module: {number, wrapperModule, imports}; null for any other. A module that
  // came from another thread is known by the sections that the rewriter appended.
  describe(module) {
    let description = this.modules.get(module);
    if (description === undefined) {
      description = this.readDescription(module);
      this.modules.set(module, description);
    }
    return description;
  }

  readDescription(module) {
    const [table] = engine.customSections(module, kOwnPrefix + 'module');
    if (table === undefined) return null;
    const [wrappers] = engine.customSections(module, kOwnPrefix + 'wrappers');
    const number = this.moduleCount++;
    const payload = new Uint8Array(4 + table.byteLength);
    new DataView(payload.buffer).setUint32(0, number, true);
    payload.set(new Uint8Array(table), 4);
    this.environment.writeChunk(kChunkModule, payload);
    const debug = debugPayload(module, number);
    if (debug?.bytes) this.environment.writeChunk(kChunkDebug, debug.bytes);
    if (debug?.tooLarge) {
      this.note({what: 'debug information not kept', size: debug.tooLarge,
                 message: 'it is larger than 64 MiB: places are told without file and line'});
    }
    const [imports] = engine.customSections(module, kOwnPrefix + 'imports');
    return {
      number,
      wrapperModule: wrappers === undefined ? null : compileOwn(wrappers),
      imports: readSuspendingImports(new Uint8Array(imports)),
    };
  }

  // The import object to give to the engine for an instance of this module. `link` is to be given to
  // adopt().
  prepare(module, imports, link) {
    const description = this.describe(module);
    if (description === null) return imports;
    const watched = watchedImports(imports, description.imports, link);
    if (this.stress === null) return watched;
    const prepared = this.stress.prepare(module, watched);
    link.driver = prepared.driver;
    return prepared.imports;
  }

  // To be called with every instance, before the program gets it. `link`: of its import object.
  adopt(instance, module, link) {
    const description = this.describe(module);
    if (description === null || this.instanceCount >= kMaximumInstances) return;
    this.threadState ??= this.openThread();
    const raw = engine.apply(engine.instanceExports, instance, []);
    const number = this.instanceCount++;
    const traced = new TracedInstance(this.threadState, number, raw,
                                      description.wrapperModule !== null, link.driver,
                                      this.declaredIn(raw));
    this.threadState.instances.push(new WeakRef(traced));
    link.trace = traced;
    const {ring} = this.threadState;
    ring.put(EventKind.InstanceMade, number, 0, description.number, this.threadState.time(), 0, 0);
    ring.publish();
    this.exported.set(instance, traced.exports(raw, description.wrapperModule));
    if (traced.memory !== undefined) this.memories.set(traced.memory, traced);
    traced.importFunctions = link.functions;
    this.watchGlue(traced, [...link.functions.values()]);
  }

  // The declared globals of an instance; what it does not export is noted, once for each.
  declaredIn(raw) {
    return declaredOf(this.environment.declared ?? [], raw, (text) => {
      if (this.undeclared.has(text)) return;
      this.undeclared.add(text);
      this.note({what: 'declared global not watched', message:
                     `--vm-global ${text}: a traced module exports no global of that name, so it is not ` +
                     `watched there; export it (Emscripten: -sEXPORTED_FUNCTIONS=_${text},...) or give its address`});
    });
  }

  // JavaScript made a memory grow, from so many bytes to so many.
  noteGrowth(memory, before, after) {
    const traced = this.memories.get(memory);
    if (traced !== undefined && after !== before) traced.memoryGrown(before, after);
  }

  watchGlue(traced, functions) {
    const ofGlue = functions.filter((fn) => engine.apply(engine.textOf, fn, []).includes('Asyncify'));
    const found = ofGlue.length === 0 ? null : this.environment.findGlue?.(ofGlue[0]) ?? null;
    if (found !== null) traced.glue = new GlueWatch(traced, found);
  }

  // A WebAssembly.RuntimeError was made by JavaScript: Emscripten's abort(). It is told of the
  // instance whose code is on the stack, or else of the only one.
  noteAbort(error) {
    const live = this.threadState?.liveInstances() ?? [];
    const onStack = live.filter(({depth, importDepth}) => depth > 0 || importDepth > 0);
    const traced = onStack.at(-1) ?? (live.length === 1 ? live[0] : null);
    traced?.aborted(error);
  }

  openThread() {
    const thread = new TracedThread(this.environment, this.thrown);
    if (this.position !== null) thread.marks.register(...this.position);
    return thread;
  }

  // The thread ends; `idle`: it had nothing left to do.
  ended(idle) {
    for (const traced of this.threadState?.liveInstances() ?? []) traced.glue?.finish(idle);
    if (this.threadState !== null) this.stress?.ended(this.threadState);
  }

  registerPosition(memory, pointer) {
    this.position = [memory, pointer];
    this.threadState?.marks.register(memory, pointer);
  }
}
