// `compute` sleeps. The host calls the export itself, which returns at the first suspend, with 0.
#include <emscripten.h>

EMSCRIPTEN_KEEPALIVE int compute(int x) {
  emscripten_sleep(1);
  return 2 * x;
}
