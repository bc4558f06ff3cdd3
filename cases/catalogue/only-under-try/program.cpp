// Every suspend stands under a try, so that the compiler calls the import through invoke_* (JS) and
// dynCall_* (wasm). With indirect calls ignored Asyncify then finds no call at all that may
// suspend, and instruments nothing.
#include <emscripten.h>

#include <cstdio>
#include <stdexcept>

struct Guard {
  const char* name;
  ~Guard() { std::printf("left %s\n", name); }
};

__attribute__((noinline)) int work(int n) {
  Guard guard{"work"};
  emscripten_sleep(1);
  if (n > 1) throw std::runtime_error("too many");
  return n;
}

int main(int argc, char** argv) {
  int sum = 0;
  for (int n = argc; n < argc + 2; ++n) {
    try {
      sum += work(n);
    } catch (const std::exception& error) {
      std::printf("caught: %s\n", error.what());
    }
  }
  std::printf("sum: %d\n", sum);
}
