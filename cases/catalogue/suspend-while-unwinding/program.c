// Two ways to the same message. `hook`: the import calls a function of the program after the unwind
// has begun; being instrumented, it executes its first call, which suspends. `plain-frame`: a
// function that was left out of the instrumentation runs on during the unwind, and sleeps a second
// time.
#include <emscripten.h>
#include <stdio.h>

EMSCRIPTEN_KEEPALIVE void onSleep(void) {
#ifndef MENDED
  emscripten_sleep(1);  // the log goes over the network
#endif
}

EM_JS(void, nap, (int ms), {
  const isAsleep = Asyncify.state === 0;
  Asyncify.handleSleep((wakeUp) => setTimeout(wakeUp, ms));
  if (isAsleep) Module._onSleep();
});

EMSCRIPTEN_KEEPALIVE __attribute__((noinline)) void twice(void) {
  emscripten_sleep(1);
  emscripten_sleep(1);
}

int main(void) {
#ifdef HOOK
  nap(1);
#else
  twice();
#endif
  puts("done");
}
