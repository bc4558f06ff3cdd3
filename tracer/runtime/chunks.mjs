// The trace file as JavaScript writes it, piece by piece; tracer/record/chunk.h draws the layout. Used by the
// page that keeps its own trace, and by the client of the DevTools protocol.

import {kChunkAlignment, kChunkHeaderSize, kTraceHeaderSize, kTraceMagic,
        kTraceVersion} from './events.mjs';

// What a file begins with.
export function traceHeader() {
  const bytes = new Uint8Array(kTraceHeaderSize);
  bytes.set(kTraceMagic);
  const view = new DataView(bytes.buffer);
  view.setUint32(8, kTraceVersion, true);
  view.setUint32(12, kTraceHeaderSize, true);
  return bytes;
}

// A whole chunk: header, payload (a Uint8Array) and padding.
export function chunk(type, thread, payload) {
  const padding = (kChunkAlignment - payload.length % kChunkAlignment) % kChunkAlignment;
  const bytes = new Uint8Array(kChunkHeaderSize + payload.length + padding);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, type, true);
  view.setUint32(4, thread, true);
  view.setBigUint64(8, BigInt(payload.length), true);
  bytes.set(payload, kChunkHeaderSize);
  return bytes;
}

const jsonEncoder = new TextEncoder();

export function jsonChunk(type, thread, value) {
  return chunk(type, thread, jsonEncoder.encode(JSON.stringify(value)));
}
