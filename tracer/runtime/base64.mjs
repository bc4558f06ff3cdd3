// Bytes as text and back, for a channel that carries text and for modules embedded in a script. The functions
// of the engine are taken before the program can replace them.

import {globalFunction} from './engine.mjs';

const fromCharCode = String.fromCharCode;
const toBase64 = Uint8Array.prototype.toBase64;
const kPiece = 0x6000;  // a multiple of 3, and no more arguments than engines take

export function encodeBase64(bytes) {
  if (toBase64 !== undefined) return Reflect.apply(toBase64, bytes, []);
  const btoa = globalFunction('btoa');
  let text = '';
  for (let at = 0; at < bytes.length; at += kPiece) {
    text += btoa(fromCharCode.apply(null, bytes.subarray(at, at + kPiece)));
  }
  return text;
}

export function decodeBase64(text) {
  const binary = globalFunction('atob')(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; ++i) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
