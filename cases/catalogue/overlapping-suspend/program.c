// Two exports that sleep. Asyncify has one data pointer, and Emscripten one place for what is
// pending.
#include <emscripten.h>

EMSCRIPTEN_KEEPALIVE int slow(int x) {
  emscripten_sleep(20);
  return x;
}

EMSCRIPTEN_KEEPALIVE int quick(int x) {
  emscripten_sleep(5);
  return x;
}
