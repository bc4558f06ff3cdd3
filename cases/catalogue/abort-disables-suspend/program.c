// `parse` aborts on bad input. The host reports it and calls `poll`, which sleeps between its
// rounds: after an abort handleSleep returns at once, the exports still run, and nothing ever
// yields.
#include <emscripten.h>
#include <stdlib.h>

EMSCRIPTEN_KEEPALIVE int parse(int input) {
#ifdef MENDED
  if (input < 0) return -1;
#else
  if (input < 0) abort();
#endif
  emscripten_sleep(1);
  return input;
}

EMSCRIPTEN_KEEPALIVE int poll(int rounds) {
  for (int i = 0; i < rounds; ++i) emscripten_sleep(1);
  return rounds;
}
