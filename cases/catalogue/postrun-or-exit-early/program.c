// main loads three files and sleeps while each is on its way.
#include <emscripten.h>

static int loaded;

EMSCRIPTEN_KEEPALIVE int loadedOf(void) { return loaded; }

EM_JS(void, tellDone, (void), { if (Module.onDone) Module.onDone(Module); });

int main(void) {
  for (int i = 0; i < 3; ++i) {
    emscripten_sleep(1);
    ++loaded;
  }
  tellDone();
}
