// `compute` is a hook that sleeps.
#include <emscripten.h>

EMSCRIPTEN_KEEPALIVE int compute(int x) {
  emscripten_sleep(1);
  return 2 * x;
}
