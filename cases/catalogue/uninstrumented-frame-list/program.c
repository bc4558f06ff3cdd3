// The list of functions to instrument is one short: `middle` stands between `outer` and `inner` on
// the stack of the sleep, and saves nothing.
#include <emscripten.h>
#include <stdio.h>

static int volatile step = 1;

__attribute__((noinline)) int inner(int x) {
  emscripten_sleep(1);
  return x + step;
}

__attribute__((noinline)) int middle(int x) {
  printf("middle: %d\n", x);
  return inner(x + step) + step;
}

__attribute__((noinline)) int outer(int x) {
  return middle(x + step) + step;
}

int main(void) {
  printf("outer: %d\n", outer(step));
}
