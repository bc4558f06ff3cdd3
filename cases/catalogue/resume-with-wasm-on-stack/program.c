// `consume` waits for a value, `produce` hands one over by an import that calls the waker. The
// rewind then runs on top of `produce`. The first time that works; but when `consume` waits again,
// the unwind goes through `produce` too, and the next rewind lacks it.
#include <emscripten.h>
#include <stdio.h>

EM_JS(int, receive, (void), {
  return Asyncify.handleSleep((wakeUp) => { Module.waker = wakeUp; });
});

EM_JS(void, deliver, (int value, int later), {
  if (later) setTimeout(() => Module.waker(value));
  else Module.waker(value);
});

#ifdef MENDED
enum { kLater = 1 };
#else
enum { kLater = 0 };
#endif

EMSCRIPTEN_KEEPALIVE void produce(int value) {
  deliver(value, kLater);
  if (value == 0) emscripten_sleep(1);
}

EMSCRIPTEN_KEEPALIVE void consume(void) {
  for (int i = 0; i < 2; ++i) printf("got: %d\n", receive());
  puts("done");
}
