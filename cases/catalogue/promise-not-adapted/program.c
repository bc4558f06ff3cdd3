// `ask` is an async function, as JSPI would take it. Under ASYNCIFY nobody waits for the promise
// that it returns: wasm converts the object to a number, 0.
#include <emscripten.h>
#include <stdio.h>

#ifdef MENDED
EM_JS(int, ask, (void), { return Asyncify.handleAsync(async () => 42); });
#else
EM_JS(int, ask, (void), { return (async () => 42)(); });
#endif

int main(void) {
  printf("answer: %d\n", ask());
}
