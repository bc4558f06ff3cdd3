// A loop that sleeps, and catches a longjmp each time: no suspend lies below the frame that throws.
#include <emscripten.h>
#include <setjmp.h>
#include <stdio.h>

static jmp_buf handler;

__attribute__((noinline)) void fail(int round) {
  volatile char frame[256];
  frame[3] = round;
  if (frame[3] == round) longjmp(handler, round + 1);
}

int main(void) {
  volatile int caught = 0;
  for (volatile int round = 0; round < 8; ++round) {
    emscripten_sleep(0);
    if (setjmp(handler) == 0) fail(round);
    else ++caught;
  }
  printf("caught: %d\n", caught);
}
