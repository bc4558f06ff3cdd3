// `forward` stands between two instrumented functions and is plain. It has no frame on the C stack
// and does nothing before or after its call, so that running it again at the rewind makes no
// difference: the result is right, by luck. Any change to `forward` may end that.
#include <emscripten.h>
#include <stdio.h>

typedef int (*Task)(int);

__attribute__((noinline)) int sleepy(int x) {
  emscripten_sleep(1);
  return x + 22;
}

__attribute__((noinline)) int forward(int x) { return sleepy(x); }

static Task volatile slot = forward;

int main(void) {
  printf("result: %d\n", slot(20));
}
