// The engine's stack at the start of each unwind, without paying for it each time.
//
// Capturing a stack costs tens of microseconds, more than a whole cycle. So it is captured when a
// suspend begins in a way not seen before, and otherwise inferred from the last one that began
// alike (key: C stack pointer, function that starts the unwind, export that the host entered,
// position of the interpreter). Whether that was right shows at the end of the unwind: the events
// and call indices of the frames must be those of the captured one. If not, the inference is
// revoked in the trace, and the next suspends of that key are captured again, twice as many each
// time. What is compared are the wasm frames; JS frames between them are those of the captured one.

import {engine} from './engine.mjs';
import {EventKind} from './events.mjs';
import {isOwnLine, kHeaderLines} from './own_script.mjs';
import {encodePayload} from './ring.mjs';

const kFrameLimit = 10000;
const kKeysKept = 4096;
const kTextsKept = 4096;

// Numbers texts; the number of a text that was written before stands for it.
export class TextNumbers {
  constructor() {
    this.numbers = new Map();
    this.next = 0;
  }

  // {number, isNew}. Old texts are forgotten when there are too many: they get a new number then.
  of(text) {
    let number = this.numbers.get(text);
    if (number !== undefined) return {number, isNew: false};
    if (this.numbers.size >= kTextsKept) this.numbers.clear();
    number = this.next++;
    this.numbers.set(text, number);
    return {number, isNew: true};
  }
}

// What Error.captureStackTrace makes of the stack above `below`, a function on it, with that
// prepareStackTrace. The program's settings are as before afterwards.
function capture(below, prepare) {
  const limit = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit');
  const before = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace');
  try {
    Error.stackTraceLimit = kFrameLimit;
    if (prepare !== undefined || before !== undefined) Error.prepareStackTrace = prepare;
    const holder = {};
    Error.captureStackTrace?.(holder, below);
    return holder.stack ?? new Error().stack;
  } catch {
    return undefined;  // a frozen Error, say: no stack, then
  } finally {
    restore('stackTraceLimit', limit);
    restore('prepareStackTrace', before);
  }
}

// The stack above `below` as text: the first line and our own frames removed. `skip` frames directly
// above `below` are left out too.
export function captureStack(below, skip) {
  let frames = String(capture(below, undefined) ?? '').split('\n').slice(kHeaderLines);
  if (Error.captureStackTrace === undefined) {
    // Nothing has left out what is below `below`: those are frames of ours.
    frames = frames.slice(Math.max(0, frames.findIndex((line) => !isOwnLine(line))));
  }
  return frames.slice(skip).filter((line) => !isOwnLine(line)).join('\n');
}

// Whether the import on top of the stack, the JavaScript that wasm called and that called the wasm
// which called us, speaks of views of the memory in its own text. (Strict functions are not told.)
export function importHandlesViews() {
  const sites = capture(undefined, (_, callSites) => callSites);
  if (!Array.isArray(sites)) return false;
  const isWasm = (site) => String(site).includes('wasm-function[');
  const allocator = sites.findIndex(isWasm);
  const script = sites.findIndex((site, at) => at > allocator && !isWasm(site));
  const program = sites.findIndex((site, at) => at > script && isWasm(site));
  if (allocator < 0 || script < 0 || program < 0) return false;
  const body = sites[program - 1].getFunction?.();
  return typeof body === 'function' &&
      /\bHEAP[UF]?\d|\.subarray\(|\bmemory\.buffer/.test(engine.apply(engine.textOf, body, []));
}

function restore(name, descriptor) {
  try {
    if (descriptor === undefined) {
      delete Error[name];
    } else {
      Object.defineProperty(Error, name, descriptor);
    }
  } catch {
    // It could not be changed in the first place.
  }
}

export class StackBook {
  constructor(ring) {
    this.ring = ring;
    this.texts = new TextNumbers();
    this.keys = new Map();  // key → {number, shape, mistrust, wait}
    this.key = '';
    this.entry = null;      // of the unwind under way
    this.inferred = false;
  }

  // At the start of an unwind. `below` and `skip` as in captureStack.
  begin(instance, time, key, below, skip) {
    const entry = this.keys.get(key);
    this.key = key;
    this.inferred = entry !== undefined && entry.shape !== null && entry.wait === 0;
    if (this.inferred) {
      this.entry = entry;
      this.ring.put(EventKind.Stack, instance, entry.number, 0, time, 1, 0);
      return;
    }
    const text = captureStack(below, skip);
    const {number, isNew} = this.texts.of(text);
    const payload = isNew ? encodePayload(text) : null;
    this.ring.put(EventKind.Stack, instance, number, isNew ? payload.length : 0, time, 0, 0);
    if (isNew) this.ring.putPayload(payload, 0, payload.length);
    if (this.keys.size >= kKeysKept) this.keys.clear();
    this.entry = {number, shape: null, mistrust: entry?.mistrust ?? 0,
                  wait: Math.max(0, (entry?.wait ?? 0) - 1), previous: entry?.shape ?? null};
    this.keys.set(key, this.entry);
  }

  // At the end of the unwind, with the shape that it had (null: not known).
  end(instance, time, shape) {
    const {entry} = this;
    this.entry = null;
    if (entry === null) return;
    if (!this.inferred) {
      // The same key with another shape: it does not tell them apart.
      const differs = entry.previous !== null && entry.previous !== shape;
      if (differs) this.distrust(entry);
      entry.shape = shape;
      return;
    }
    if (shape === entry.shape) return;
    this.ring.put(EventKind.StackRevoked, instance, entry.number, 0, time, 0, 0);
    this.distrust(entry);
  }

  distrust(entry) {
    entry.mistrust = Math.min(entry.mistrust + 1, 16);
    entry.wait = 2 ** entry.mistrust;
  }
}
