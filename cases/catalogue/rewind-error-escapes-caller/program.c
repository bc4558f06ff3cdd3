// `save` sleeps, then calls an import that throws. Whoever called `save` has long got its return;
// the error surfaces in the timer that resumed it.
#include <emscripten.h>

EM_JS(void, writeFile, (void), { throw new Error('disk full'); });

EMSCRIPTEN_KEEPALIVE int save(void) {
  emscripten_sleep(1);
  writeFile();
  return 1;
}
