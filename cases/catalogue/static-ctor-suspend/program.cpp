// Constructors run before main, in a call of JavaScript that waits for nobody: when one sleeps,
// main runs on the half-constructed object, and the rest is constructed later.
#include <emscripten.h>
#include <cstdio>

struct Settings {
  int value = 0;
  Settings() {
#ifndef MENDED
    load();
#endif
  }
  void load() {
    emscripten_sleep(1);
    value = 42;
    std::printf("constructed: %d\n", value);
  }
};

static Settings settings;

int main() {
#ifdef MENDED
  settings.load();
#endif
  std::printf("main: %d\n", settings.value);
}
