// `compute` sleeps. The host calls it as a function that does not.
#include <emscripten.h>

EMSCRIPTEN_KEEPALIVE int compute(int x) {
  emscripten_sleep(1);
  return 2 * x;
}
