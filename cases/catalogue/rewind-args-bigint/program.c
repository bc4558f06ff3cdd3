// To rewind, Emscripten calls the export again without arguments: their values come out of the
// records. A parameter of type i64 takes no `undefined`.
#include <emscripten.h>

#ifdef MENDED
typedef int Number;
#else
typedef long long Number;
#endif

EMSCRIPTEN_KEEPALIVE int half(Number x) {
  emscripten_sleep(1);
  return x / 2;
}
