// emscripten_scan_registers makes the locals of all frames visible to a collector by unwinding and
// rewinding the stack: it suspends. So does every export that may allocate, whether or not it looks
// asynchronous.
#include <emscripten.h>

static int allocated;

static void scan(void *begin, void *end) {}

__attribute__((noinline)) void collect(void) { emscripten_scan_registers(scan); }

__attribute__((noinline)) int allocate(void) {
  if (++allocated % 2 == 0) collect();
  return 1;
}

EMSCRIPTEN_KEEPALIVE int makeList(int length) {
  int made = 0;
  for (int i = 0; i < length; ++i) made += allocate();
  return made;
}
