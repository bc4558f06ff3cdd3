// A trace that a page keeps itself, in memory, until somebody downloads it.
//
// Workers that load the same script have no page to show anything in: they send their chunks to the pages of
// their origin, over a BroadcastChannel. Each is one thread of the trace.

import {chunk, jsonChunk, traceHeader} from './chunks.mjs';
import {kChunkEvents, kChunkExit, kChunkModule, kChunkNote, kChunkRun} from './events.mjs';
import {LiveFigures} from './live_figures.mjs';

const kChannel = 'asyncscope';
const kTraceLimit = 512 << 20;  // bytes of a trace in memory

const kBrowsers = [['firefox', /Firefox\/([\d.]+)/], ['chrome', /Chrome\/([\d.]+)/],
                   ['safari', /Version\/([\d.]+).*Safari/]];

function runOfPage() {
  const {userAgent, platform} = navigator;
  const [runtime, version] = kBrowsers
      .map(([name, pattern]) => [name, pattern.exec(userAgent)?.[1]])
      .find(([, found]) => found !== undefined) ?? ['browser', ''];
  return {argv: [location.href], cwd: '', runtime, runtimeVersion: version, platform, pid: 0,
          start: new Date().toISOString(), asyncscope: kAsyncscopeVersion, environment: {userAgent}};
}

export class PageRecording {
  constructor() {
    this.pieces = [traceHeader(), jsonChunk(kChunkRun, 0, runOfPage())];
    this.bytes = 0;
    this.full = false;
    this.threads = new Map([['page', 0]]);
    this.modules = 0;
    this.figures = new LiveFigures();
    this.error = null;  // the last that nobody has caught: {name, message, stack}
    this.channel = new BroadcastChannel(kChannel);
    this.channel.onmessage = ({data}) => this.add(data.thread, data.type, data.bytes);
  }

  // `key` names a thread: 'page', or what WorkerSink made up.
  add(key, type, bytes) {
    if (type === kChunkExit) {
      this.error = JSON.parse(new TextDecoder().decode(bytes)).error;
      return;
    }
    if (this.full) return;
    if (!this.threads.has(key)) this.threads.set(key, this.threads.size);
    const thread = this.threads.get(key);
    if (type === kChunkModule) ++this.modules;
    if (type === kChunkEvents) this.figures.add(thread, bytes);
    this.keep(chunk(type, thread, bytes));
    if (this.bytes > kTraceLimit) this.stop();
  }

  stop() {
    this.full = true;
    this.keep(jsonChunk(kChunkNote, 0, {what: 'recording stopped', size: this.bytes,
      message: 'the trace in memory is full: what happened from here on is not in it'}));
  }

  keep(piece) {
    this.pieces.push(piece);
    this.bytes += piece.length;
  }

  // The trace so far, a file by itself.
  trace() {
    const exit = {code: this.error === null ? 0 : 1, time: new Date().toISOString()};
    if (this.error !== null) exit.error = this.error;
    return new Blob([...this.pieces, jsonChunk(kChunkExit, 0, exit)], {type: 'application/octet-stream'});
  }
}

// Where a worker's chunks go.
export function workerSink() {
  const channel = new BroadcastChannel(kChannel);
  const thread = crypto.getRandomValues(new Uint32Array(4)).join('-');
  return (type, bytes) => channel.postMessage({thread, type, bytes});
}
