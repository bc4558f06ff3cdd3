// The debug information of a module, for its trace: so that a diagnosis can tell file and line
// without the module. Only what leads from an offset to a line is kept, not types and variables'
// places.

import {engine} from './engine.mjs';

const kSections = ['info', 'abbrev', 'line', 'line_str', 'str', 'str_offsets', 'addr', 'ranges',
                   'rnglists'].map((name) => `.debug_${name}`);
const kLimit = 64 << 20;  // bytes

// {bytes}: number u32, then of each section name length u32, name, length u32, bytes. {tooLarge}:
// how many there would be. null: the module has no line table.
export function debugPayload(module, number) {
  const sections = [];
  let size = 4;
  for (const name of kSections) {
    const [content] = engine.customSections(module, name);
    if (content === undefined) continue;
    sections.push({name, content: new Uint8Array(content)});
    size += 8 + name.length + content.byteLength;
  }
  if (!sections.some(({name}) => name === '.debug_line')) return null;
  if (size > kLimit) return {tooLarge: size};
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, number, true);
  let at = 4;
  for (const {name, content} of sections) {
    view.setUint32(at, name.length, true);
    at += 4;
    for (let i = 0; i < name.length; ++i) bytes[at++] = name.charCodeAt(i);
    view.setUint32(at, content.length, true);
    at += 4;
    bytes.set(content, at);
    at += content.length;
  }
  return {bytes};
}
