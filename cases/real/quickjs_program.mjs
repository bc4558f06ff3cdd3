// The program that the QuickJS cases evaluate; its host function fetchValue suspends.
//
// The suspends are made deep in C: below sort and replace callbacks, getters, generators, JSON
// revivers and an exception's finally block.

import { newQuickJSAsyncWASMModuleFromVariant } from 'quickjs-emscripten-core';

const kProgram = `
  const lines = [];

  let sum = 0;
  for (let i = 0; i < 200; i++) sum += fetchValue(i);
  lines.push('loop: ' + sum);

  const words = ['rewind', 'async', 'unwind', 'frame', 'record', 'buffer', 'cycle'];
  lines.push('sort: ' + words.slice().sort((a, b) =>
    fetchValue(a.length) - fetchValue(b.length) || (a < b ? -1 : 1)));
  lines.push('map: ' + words.map((word, i) => word[fetchValue(i) % word.length]).join(''));
  lines.push('replace: ' + 'a1b22c333'.replace(/\\d+/g, (digits) => fetchValue(Number(digits))));

  function* counter(n) {
    for (let i = 0; i < n; i++) yield fetchValue(i) * 2;
  }
  lines.push('generator: ' + [...counter(20)].join(' '));

  const lazy = {
    get value() { return fetchValue(21); },
    toString() { return 'lazy ' + fetchValue(4); },
  };
  lines.push('getter: ' + lazy.value + ', ' + lazy);
  lines.push('reviver: ' + JSON.stringify(JSON.parse('[1,[2,{"a":3}]]', (key, value) =>
    typeof value === 'number' ? fetchValue(value) : value)));

  function deep(n) { return n === 0 ? fetchValue(7) : deep(n - 1) + 1; }
  lines.push('recursion: ' + deep(10));

  let order = '';
  try {
    try { order += fetchValue(1); throw new Error('thrown after ' + fetchValue(2)); }
    finally { order += fetchValue(3); }
  } catch (error) { order += ' ' + error.message + ' ' + fetchValue(4); }
  lines.push('finally: ' + order);

  lines.join('\\n');
`;

// Prints the same on every variant of QuickJS, as long as it is healthy.
export async function runQuickjs(variant) {
  const quickjs = await newQuickJSAsyncWASMModuleFromVariant(variant);
  const context = quickjs.newContext();
  let suspends = 0;
  const fetchValue = context.newAsyncifiedFunction('fetchValue', async (handle) => {
    const value = context.getNumber(handle);
    await new Promise((resume) => setImmediate(resume));
    suspends += 1;
    return context.newNumber(value * 3 + 1);
  });
  fetchValue.consume((handle) => context.setProp(context.global, 'fetchValue', handle));

  const result = context.unwrapResult(await context.evalCodeAsync(kProgram));
  console.log(context.getString(result));
  console.log(`suspends: ${suspends}`);
  result.dispose();
  context.dispose();
}
