// Indirect calls are ignored, and the only way from `apply` to the sleep is a function pointer: so
// `apply` and its callers stay plain. On the unwind they save nothing, and run on with a made-up
// result.
#include <emscripten.h>
#include <stdio.h>

typedef int (*Task)(int);

static int sleepy(int x) {
  emscripten_sleep(1);
  return x + 1;
}

static int brisk(int x) { return x; }

static Task volatile tasks[] = {brisk, sleepy};

__attribute__((noinline)) int apply(Task task, int x) {
  return 2 * task(x);
}

int main(void) {
  printf("apply: %d\n", apply(tasks[1], 20));
}
