// `fetchAnswer` wakes up on the answer and on the end of the connection: twice. The second time
// rewinds whatever is asleep by then, here the next sleep, which ends too early, or nothing.
#include <emscripten.h>
#include <stdio.h>

EM_JS(void, fetchAnswer, (int isOnce), {
  Asyncify.handleSleep((wakeUp) => {
    setTimeout(wakeUp, 1);             // the answer
    if (!isOnce) setTimeout(wakeUp, 10);  // the end
  });
});

#ifdef MENDED
enum { kOnce = 1 };
#else
enum { kOnce = 0 };
#endif

int main(void) {
  fetchAnswer(kOnce);
#ifndef ALONE
  double start = emscripten_get_now();
  emscripten_sleep(500);
  printf("slept long enough: %s\n", emscripten_get_now() - start > 400 ? "yes" : "no");
#endif
  puts("done");
}
