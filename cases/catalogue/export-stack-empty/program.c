// The host gets a function pointer to call back. The function sleeps.
#include <emscripten.h>
#include <stdio.h>

static void onTimer(void) {
  emscripten_sleep(1);
  puts("timer done");
}

typedef void (*Callback)(void);

EMSCRIPTEN_KEEPALIVE Callback callback(void) { return onTimer; }
