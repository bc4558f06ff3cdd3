// `globalThis.asyncscope` in a page: what interpreters call to tell where they stand (marks.mjs), and what
// `more` adds. It is there before the program, and a second runtime finds it and does nothing.

export function showAsyncscope(more, thread) {
  Object.defineProperty(globalThis, 'asyncscope', {
    value: Object.freeze({
      registerPosition: (memory, pointer) => thread.registerPosition(memory, pointer),
      ...more,
    }),
    configurable: true,
  });
}
