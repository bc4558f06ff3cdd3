// The engine's stack at the start of each unwind, without paying for it each time.
//
// Capturing a stack costs tens of microseconds, more than a whole cycle. So it is captured when a
// suspend begins in a way not seen before, and otherwise inferred from the last one that began
// alike (key: C stack pointer, function that starts the unwind, export that the host entered,
// position of the interpreter). Whether that was right shows at the end of the unwind: the events
// and call indices of the frames must be those of the captured one. If not, the inference is
// revoked in the trace, and the next suspends of that key are captured again, twice as many each
// time. What is compared are the wasm frames; JS frames between them are those of the captured one.

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

// What the engine makes of the stack above `below`, a function on it: a text of at most so many
// frames. The program's settings are as before afterwards.
function capture(below, limitOfFrames) {
  const limit = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit');
  const before = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace');
  try {
    Error.stackTraceLimit = limitOfFrames;
    if (before !== undefined) Error.prepareStackTrace = undefined;
    const holder = {};
    Error.captureStackTrace?.(holder, below);
    return holder.stack ?? new Error().stack;
  } catch {
    return undefined;  // a frozen Error, say: no stack, then
  } finally {
    restoreSetting('stackTraceLimit', limit);
    restoreSetting('prepareStackTrace', before);
  }
}

// The stack above `below` as text: the first line and our own frames removed. `skip` frames directly
// above `below` are left out too; at most `limitOfFrames` are looked at. `exportsKept`: where suspends
// are forced, how many exports are to be kept; what called the outermost of them is left out (0:
// nothing is).
export function captureStack(below, skip, exportsKept = 0, limitOfFrames = kFrameLimit) {
  const text = String(capture(below, limitOfFrames) ?? '');
  let frames = text.split('\n').slice(kHeaderLines);
  if (Error.captureStackTrace === undefined) {
    // Nothing has left out what is below `below`: those are frames of ours.
    frames = frames.slice(Math.max(0, frames.findIndex((line) => !isOwnLine(line))));
  }
  frames = frames.slice(skip);
  if (exportsKept > 0) cutBehindExports(frames, exportsKept);
  return frames.filter((line) => !isOwnLine(line)).join('\n');
}

// The closures of stress_driver.mjs around exports have a name.
function cutBehindExports(frames, count) {
  for (let i = 0; i < frames.length; ++i) {
    if (!frames[i].includes('drivenExport') || !isOwnLine(frames[i])) continue;
    if (--count > 0) continue;
    frames.length = i;
    return;
  }
}

// Puts a property of Error back as it was.
export function restoreSetting(name, descriptor) {
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

  // At the start of an unwind. `below`, `skip` and `exportsKept` as in captureStack.
  begin(instance, time, key, below, skip, exportsKept) {
    const entry = this.keys.get(key);
    this.key = key;
    this.inferred = entry !== undefined && entry.shape !== null && entry.wait === 0;
    if (this.inferred) {
      this.entry = entry;
      this.ring.put(EventKind.Stack, instance, entry.number, 0, time, 1, 0);
      return;
    }
    const text = captureStack(below, skip, exportsKept);
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
