// `caller` was put into the add-list, because it stood on the stack of the sleep. That guards its
// indirect calls, but not its direct call to `thunk`, which Asyncify takes for a function that
// never suspends: `caller` runs on with the result 0, and goes its way before the sleep has ended.
#include <emscripten.h>
#include <stdio.h>

typedef int (*Task)(int);

__attribute__((noinline)) int sleepy(int x) {
  emscripten_sleep(1);
  return x + 1;
}

static Task volatile slot = sleepy;

__attribute__((noinline)) int thunk(int x) { return slot(x) * 2; }

__attribute__((noinline)) int caller(int x) {
  int result = thunk(x);
  printf("caller: %d\n", result);
  return result;
}

int main(void) {
  caller(20);
}
