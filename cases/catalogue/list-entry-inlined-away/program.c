// The list was made for an unoptimised build, in which `step` merely forwarded and survived by
// luck. Here the compiler inlines the listed `pauseLoop` into `step`: the entry names nothing any
// more, `step` is plain, runs on during the unwind, and sleeps again in the wrong state.
#include <emscripten.h>
#include <stdio.h>

typedef int (*Task)(int);

static int pauseLoop(int count) {
  int done = 0;
  for (; done < count; ++done) emscripten_sleep(1);
  return done;
}

int step(int count) { return pauseLoop(count); }

static Task volatile slot = step;

int main(void) {
  int steps = slot(3);
  printf("steps: %d\n", steps);
}
