// `dispatch` is instrumented, because it sleeps on one of its paths. The call through the pointer
// on the other path is an ignored indirect call: when that one is active, the frame saves nothing,
// and on the rewind it takes a record that is not its own. The assertions of Asyncify do not cover
// it.
#include <emscripten.h>
#include <stdio.h>

typedef int (*Task)(int);

static int sleepy(int x) {
  emscripten_sleep(1);
  return x + 1;
}

static Task volatile slot = sleepy;

EMSCRIPTEN_KEEPALIVE __attribute__((noinline)) int dispatch(Task task, int x) {
  if (task == NULL) {
    emscripten_sleep(1);
    return 0;
  }
  return 2 * task(x);
}

int main(void) {
  printf("dispatch: %d\n", dispatch(slot, 20));
}
