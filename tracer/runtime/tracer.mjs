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

import {Core} from './core.mjs';
import {engine, kOwnPrefix} from './engine.mjs';
import {debugPayload} from './debug_sections.mjs';
import {EventKind, kChunkDebug, kChunkModule, kChunkNote} from './events.mjs';
import {TracedInstance} from './instance.mjs';
import {MarkBook} from './marks.mjs';
import {MemoryCheck} from './memory_check.mjs';
import {compileOwn} from './own_script.mjs';
import {Ring, ringCapacity} from './ring.mjs';
import {SnapshotBook} from './snapshots.mjs';
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
    this.snapshots = new SnapshotBook(this.ring);
    this.marks = new MarkBook(this.ring);
    this.thrown = thrown;
    environment.openRing(this.ring.bytes);
  }

  // Microseconds since the thread's recording began, modulo 2^32.
  time() {
    return ((engine.now() - this.begun) * 1000) % 4294967296;
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
    this.exported = new WeakMap();   // Instance → what the program gets as its exports
    this.memories = new WeakMap();   // Memory → a TracedInstance that has it
    this.moduleCount = 0;
    this.instanceCount = 0;
    this.thrown = new WeakSet();     // errors that have left traced exports
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
    return result.bytes ?? null;
  }

  // The engine did not compile the bytes that rewrite() gave.
  noteRefusal(error, size) {
    this.note({what: 'probed module refused', message: String(error.message), size});
  }

  note(note) {
    const bytes = new TextEncoder().encode(JSON.stringify(note));
    this.environment.writeChunk(kChunkNote, bytes);
  }

  // The description of a probed module: {number, wrapperModule}; null for any other. A module that
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
    return {number, wrapperModule: wrappers === undefined ? null : compileOwn(wrappers)};
  }

  // To be called before a module is instantiated: {imports, driver}, the import object to give to the
  // engine, and what is to be given to adopt().
  prepare(module, imports) {
    if (this.stress === null || this.describe(module) === null) return {imports, driver: null};
    return this.stress.prepare(module, imports);
  }

  // To be called with every instance, before the program gets it.
  adopt(instance, module, driver = null) {
    const description = this.describe(module);
    if (description === null || this.instanceCount >= kMaximumInstances) return;
    this.threadState ??= this.openThread();
    const raw = engine.apply(engine.instanceExports, instance, []);
    const number = this.instanceCount++;
    const traced = new TracedInstance(this.threadState, number, raw, driver);
    const {ring} = this.threadState;
    ring.put(EventKind.InstanceMade, number, 0, description.number, this.threadState.time(), 0, 0);
    ring.publish();
    this.exported.set(instance, traced.exports(raw, description.wrapperModule));
    if (traced.memory !== undefined) this.memories.set(traced.memory, traced);
  }

  // JavaScript made a memory grow, from so many bytes to so many.
  noteGrowth(memory, before, after) {
    const traced = this.memories.get(memory);
    if (traced !== undefined && after !== before) traced.memoryGrown(before, after);
  }

  openThread() {
    const thread = new TracedThread(this.environment, this.thrown);
    if (this.position !== null) thread.marks.register(...this.position);
    return thread;
  }

  // The thread ends.
  ended() {
    if (this.threadState !== null) this.stress?.ended(this.threadState);
  }

  registerPosition(memory, pointer) {
    this.position = [memory, pointer];
    this.threadState?.marks.register(memory, pointer);
  }
}
