// `ask` begins to sleep, and in its starter calls an export that sleeps as well. The outer one has
// not begun to unwind: the inner one unwinds first, through the JavaScript of the outer, and the
// outer overtakes it.
#include <emscripten.h>
#include <stdio.h>

EM_JS(int, ask, (void), {
  return Asyncify.handleSleep((wakeUp) => {
    const start = () => Module.ccall('logIn', 'number', [], [], {async: true});
    if (Module.defer) setTimeout(() => { wakeUp(42); }, 1);
    else start().then(() => wakeUp(42));
  });
});

EMSCRIPTEN_KEEPALIVE int logIn(void) {
  emscripten_sleep(1);
  return 1;
}

EMSCRIPTEN_KEEPALIVE int askServer(void) {
#ifdef MENDED
  logIn();
  EM_ASM({ Module.defer = true; });
#endif
  return ask();
}

int main(void) {
  printf("answer: %d\n", askServer());
}
