// ASYNCIFY puts a JavaScript wrapper around every export. Code that hands an export to addFunction,
// as a loader of libraries does, hands over a function of which the signature is unknown.
#include <emscripten.h>

typedef int (*Callback)(int);

extern Callback addExport(const char *signature);

EMSCRIPTEN_KEEPALIVE int twice(int x) { return 2 * x; }

EMSCRIPTEN_KEEPALIVE int call(Callback callback, int x) {
  emscripten_sleep(0);
  return callback(x);
}

#ifdef MENDED
EMSCRIPTEN_KEEPALIVE Callback addTwice(void) { return addExport("ii"); }
#else
EMSCRIPTEN_KEEPALIVE Callback addTwice(void) { return addExport(0); }
#endif
