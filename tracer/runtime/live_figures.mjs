// What a recording tells while it goes on, counted from the events as they pass: the live line of the command and
// the panel of a page.

import {EventKind, kEventsHeaderSize, kSlotBytes} from './events.mjs';

// Per thread: where its cycle under way stands.
class ThreadFigures {
  constructor() {
    this.frames = 0;
    this.lost = 0;
    this.bufferEnd = 0;
  }
}

export class LiveFigures {
  constructor() {
    this.cycles = 0;        // rewinds that ended
    this.suspends = 0;      // unwinds that began
    this.depth = 0;         // frames of the last unwind that ended
    this.deepest = 0;
    this.traps = 0;         // that left an export
    this.left = 0;          // bytes that the last unwind left in its buffer
    this.threads = new Map();
  }

  get lost() {
    let sum = 0;
    for (const thread of this.threads.values()) sum += thread.lost;
    return sum;
  }

  // `payload` of an EVTS chunk.
  add(number, payload) {
    let thread = this.threads.get(number);
    if (thread === undefined) this.threads.set(number, thread = new ThreadFigures());
    const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
    thread.lost = Number(view.getBigUint64(8, true));
    for (let at = kEventsHeaderSize; at + kSlotBytes <= payload.length; at += kSlotBytes) {
      switch (view.getUint16(at, true)) {
        case EventKind.StartUnwind:
          ++this.suspends;
          thread.frames = 0;
          break;
        case EventKind.UnwindSaved:
        case EventKind.UnwindPassed:
        case EventKind.UnwindLeft:
          ++thread.frames;
          break;
        case EventKind.StopUnwind:
          this.depth = thread.frames;
          this.deepest = Math.max(this.deepest, thread.frames);
          this.left = thread.bufferEnd - Number(view.getBigUint64(at + 16, true));
          break;
        case EventKind.StopRewind:
          ++this.cycles;
          break;
        case EventKind.ExportThrew:
          if (view.getBigUint64(at + 24, true) === 1n) ++this.traps;
          break;
        case EventKind.Buffer:
          thread.bufferEnd = Number(view.getBigUint64(at + 24, true));
          break;
      }
    }
  }
}

const inEnglish = (value) => value.toLocaleString('en');

// The same in words; `rate`: cycles a second.
export function describeFigures({cycles, suspends, depth, left, lost, traps}, rate) {
  const parts = [`${inEnglish(cycles)} ${cycles === 1 ? 'cycle' : 'cycles'}`, `${inEnglish(rate)}/s`];
  if (suspends > cycles) parts.push(`${inEnglish(suspends - cycles)} open`);
  if (suspends > 0) parts.push(`depth ${depth}`, `buffer left ${inEnglish(left)}`);
  if (traps > 0) parts.push(`${inEnglish(traps)} ${traps === 1 ? 'trap' : 'traps'}`);
  parts.push(`${inEnglish(lost)} events lost`);
  return parts.join(', ');
}

// Cycles a second between two calls of next().
export class CycleRate {
  constructor() {
    this.cycles = 0;
    this.at = performance.now();
  }

  next({cycles}) {
    const now = performance.now();
    const rate = Math.round((cycles - this.cycles) / Math.max(now - this.at, 1) * 1000);
    this.cycles = cycles;
    this.at = now;
    return rate;
  }
}
