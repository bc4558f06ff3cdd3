// `nap` suspends, but is not in ASYNCIFY_IMPORTS: Asyncify takes it for an import that never does,
// and no function on the way to it is instrumented. Without the assertions nobody says so: the
// program runs on through its sleep, and what is then called finds a state that it does not expect.
#include <emscripten.h>
#include <stdio.h>

EM_JS(void, nap, (int ms), {
  Asyncify.handleSleep((wakeUp) => setTimeout(wakeUp, ms));
});

EMSCRIPTEN_KEEPALIVE __attribute__((noinline)) void countDown(int from) {
  for (int i = from; i > 0; --i) printf("%d\n", i);
  nap(1);
  puts("done");
}

int main(void) {
  countDown(3);
}
