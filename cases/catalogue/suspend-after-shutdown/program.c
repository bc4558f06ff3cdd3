// `save` needs the network. It is registered to run at exit, which is synchronous: Asyncify has
// been shut down.
#include <emscripten.h>
#include <stdio.h>
#include <stdlib.h>

static void save(void) {
  emscripten_sleep(1);
  puts("saved");
}

int main(void) {
#ifdef MENDED
  save();
#else
  atexit(save);
#endif
}
