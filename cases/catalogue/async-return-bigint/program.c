// `ask` returns an i64. While it unwinds, handleSleep returns the number 0, which is not a BigInt:
// the engine throws on the way back into wasm, in the middle of the unwind.
#include <emscripten.h>
#include <stdio.h>

#ifdef MENDED
extern int askNumber(void);
#define ask askNumber
#else
extern long long ask(void);
#endif

__attribute__((noinline)) int askServer(void) { return ask(); }

int main(void) {
  printf("answer: %d\n", askServer());
}
