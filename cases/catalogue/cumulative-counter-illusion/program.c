// A VM that yields at every hundredth hook, and counts its yields in a global.
#include <emscripten.h>

static int hooks;
static int yields;

EMSCRIPTEN_KEEPALIVE int run(int rounds) {
#ifdef MENDED
  yields = 0;
#endif
  for (int i = 0; i < rounds; ++i) {
    if (++hooks % 100 != 0) continue;
    ++yields;
    emscripten_sleep(0);
  }
  return yields;
}
