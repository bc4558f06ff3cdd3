// The trace file of a recording: chunks as they come out of pages, frames, workers and processes, each of
// which is one thread of the trace. Every write is one whole chunk, so that the file can be read however the
// recording ends.

import fs from 'node:fs';
import {chunk, jsonChunk, traceHeader} from './chunks.mjs';
import {kChunkDebug, kChunkEvents, kChunkExit, kChunkModule, kChunkNote, kChunkRun, kEventsHeaderSize, kSlotBytes} from
    './events.mjs';
import {LiveFigures} from './live_figures.mjs';

// Whether a reader will take it: what comes out of a page may be anything.
function isSound(type, payload) {
  switch (type) {
    case kChunkEvents:
      return payload.length >= kEventsHeaderSize && (payload.length - kEventsHeaderSize) % kSlotBytes === 0;
    case kChunkModule:
    case kChunkDebug:
      return payload.length > 4;
    case kChunkNote:
      return Object.keys(readJson(payload)).length > 0;
    default:
      return false;
  }
}

// {} where it is none.
function readJson(payload) {
  try {
    return {...JSON.parse(payload.toString())};
  } catch {
    return {};
  }
}

export class Recording {
  // `run` is the RUN chunk (docs/trace-format.md). The file must not exist.
  constructor(path, run) {
    this.file = fs.openSync(path, 'wx');
    this.threads = new Map();  // key of the caller → number
    this.figures = new LiveFigures();
    this.modules = 0;
    this.exit = {};            // as the program itself told it: {code, error}, none or one of them in a page
    this.write(traceHeader());
    this.write(jsonChunk(kChunkRun, 0, run));
  }

  // A chunk from the runtime in the thread of that key: "TYPE BASE64", as page_attach.mjs sends it. What is of no
  // known type comes from the program, which may have got hold of the channel, and is dropped.
  receive(key, text) {
    const blank = text.indexOf(' ');
    const type = Number(text.slice(0, blank));
    const payload = Buffer.from(text.slice(blank + 1), 'base64');
    if (type === kChunkExit) {
      this.exit = readJson(payload);
      return;
    }
    if (!isSound(type, payload)) return;
    const thread = this.threadOf(key);
    if (type === kChunkModule) ++this.modules;
    if (type === kChunkEvents) this.figures.add(thread, payload);
    this.write(chunk(type, thread, payload));
  }

  note(note) {
    this.write(jsonChunk(kChunkNote, 0, note));
  }

  threadOf(key) {
    if (!this.threads.has(key)) this.threads.set(key, this.threads.size);
    return this.threads.get(key);
  }

  // The last chunk. `exit` is what the client knows (docs/trace-format.md). A page that no error of a traced module has
  // left is one that went well.
  finish(exit) {
    if (this.file === null) return;
    const code = exit.signal !== undefined ? null : this.exit.error === undefined ? 0 : 1;
    this.write(jsonChunk(kChunkExit, 0, {code, ...this.exit, ...exit, time: new Date().toISOString()}));
    fs.closeSync(this.file);
    this.file = null;
  }

  write(bytes) {
    if (this.file !== null) fs.writeSync(this.file, bytes);
  }
}
