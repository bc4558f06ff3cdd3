// Exceptions of the engine and ASYNCIFY: emcc warns, and the pass cannot read what it is given.
#include <emscripten.h>
#include <cstdio>

int main() {
  try {
    emscripten_sleep(1);
    throw 1;
  } catch (int error) {
    emscripten_sleep(1);
    std::printf("caught %d\n", error);
  }
}
