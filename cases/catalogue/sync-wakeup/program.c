// `yield` is meant to let the host draw and listen. It calls the waker in the starter itself:
// Asyncify sees that there is nothing to wait for, and does not unwind.
#include <emscripten.h>

#ifdef MENDED
EM_JS(void, yield, (void), { Asyncify.handleSleep((wakeUp) => setImmediate(wakeUp)); });
#else
EM_JS(void, yield, (void), { Asyncify.handleSleep((wakeUp) => wakeUp()); });
#endif

EMSCRIPTEN_KEEPALIVE int work(int rounds) {
  int done = 0;
  for (; done < rounds; ++done) yield();
  return done;
}
