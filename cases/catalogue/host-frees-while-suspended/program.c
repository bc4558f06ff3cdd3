// `lengthOf` reads its argument after a sleep.
#include <emscripten.h>
#include <string.h>

static int result;

EMSCRIPTEN_KEEPALIVE void lengthOf(const char *text) {
  emscripten_sleep(1);
  result = strlen(text);
}

EMSCRIPTEN_KEEPALIVE int resultOf(void) { return result; }
