// `withLog` is JavaScript and calls back into wasm, which sleeps. JavaScript cannot be unwound: it
// runs to its end with a made-up result during the unwind, and from its start again at the rewind.
#include <emscripten.h>
#include <stdio.h>

EMSCRIPTEN_KEEPALIVE int copyFile(int x) {
  emscripten_sleep(1);
  return 2 * x;
}

EM_JS(int, withLog, (int x), {
  console.log('begin');
  const result = Module._copyFile(x);
  console.log('end: ' + result);
  return result;
});

__attribute__((noinline)) int copyAll(int x) {
#ifdef MENDED
  puts("begin");
  int result = copyFile(x);
  printf("end: %d\n", result);
  return result;
#else
  return withLog(x);
#endif
}

int main(void) {
  printf("copied: %d\n", copyAll(21));
}
