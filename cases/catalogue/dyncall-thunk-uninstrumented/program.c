// Code with setjmp calls through invoke_* (JS) and dynCall_* (wasm), which is nothing but an
// indirect call. Listing invoke_* as an import instruments `guarded`, but with indirect calls
// ignored never the dynCall_* thunk below it: that frame saves nothing.
#include <emscripten.h>
#include <setjmp.h>
#include <stdio.h>

static jmp_buf out;

__attribute__((noinline)) void work(int x) {
  emscripten_sleep(1);
  if (x < 0) longjmp(out, 1);
  printf("worked: %d\n", x);
}

__attribute__((noinline)) int guarded(int x) {
  if (setjmp(out)) return -1;
  work(x);
  return x;
}

int main(int argc, char **argv) {
  printf("guarded: %d\n", guarded(argc));
}
