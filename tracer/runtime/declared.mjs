// Globals of the program that no one may leave changed while a call is suspended, as its developer
// has declared them (ASYNCSCOPE_GLOBALS, docs/cli.md): the current thread of an interpreter, the head
// of its exception handlers, a lock. Which of a program's globals are meant to be shared, only the
// developer knows; none is watched that was not declared.
//
//   NAME[:BYTES],ADDRESS[:BYTES],...
//
// NAME: an exported wasm global that holds the address, as Emscripten exports data; with or without
// the leading underscore. ADDRESS: decimal or 0x... BYTES: 4 when not given.

const kDefaultBytes = 4;
const kMostBytes = 4096;

// [{text, name, address, bytes}]; `name` is null where an address was given. Throws an Error with one
// line.
export function parseDeclared(text) {
  return text.split(',').map((part) => {
    const [, place, bytes = kDefaultBytes] = /^([^:]+)(?::(\d+))?$/.exec(part) ?? [];
    const length = Number(bytes);
    if (place === undefined || length < 1 || length > kMostBytes) {
      throw new Error(`ASYNCSCOPE_GLOBALS: "${part}" is neither NAME[:BYTES] nor ADDRESS[:BYTES]` +
          `, of 1 to ${kMostBytes} bytes`);
    }
    const isAddress = /^(0x[0-9a-f]+|\d+)$/i.test(place);
    return {text: place, name: isAddress ? null : place, address: Number(isAddress ? place : 0), bytes: length};
  });
}

// Those of them that an instance has, with their addresses. `raw`: the engine's exports object;
// onMissing(text): it exports no such global.
export function declaredOf(declared, raw, onMissing) {
  const found = [];
  for (const one of declared) {
    const exported = one.name === null ? one.address : (raw[one.name] ?? raw[`_${one.name}`])?.value;
    const address = Number(exported);
    if (exported === undefined || !Number.isSafeInteger(address) || address < 0) {
      onMissing(one.text);
    } else {
      found.push({text: one.text, address, bytes: one.bytes});
    }
  }
  return found;
}
