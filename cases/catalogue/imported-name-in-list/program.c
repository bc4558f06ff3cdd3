// `nap` is JavaScript, an import of the module. The lists ADD, ONLY and REMOVE are of functions
// inside it; imports that may suspend belong in ASYNCIFY_IMPORTS. This is the one mistake that the
// pass refuses.
#include <emscripten.h>
#include <stdio.h>

EM_JS(void, nap, (int ms), {
  Asyncify.handleSleep((wakeUp) => setTimeout(wakeUp, ms));
});

int main(void) {
  nap(1);
  puts("done");
}
