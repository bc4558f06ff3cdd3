// emscripten_sleep, which is listed, suspends; on its way out the unwind passes the JavaScript of
// EM_ASM, and that import is the one that the message names. Adding it to the list would silence
// the message, and let a JavaScript frame be run twice.
#include <emscripten.h>
#include <stdio.h>

EMSCRIPTEN_KEEPALIVE int tick(void) {
  emscripten_sleep(1);
  return 1;
}

int main(void) {
#ifdef MENDED
  int ticks = tick();
#else
  int ticks = EM_ASM_INT({ return Module._tick(); });
#endif
  printf("tick: %d\n", ticks);
  puts("done");
}
