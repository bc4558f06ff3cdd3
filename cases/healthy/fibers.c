// Three fibers take turns, each with a buffer and a C stack of its own; one of them also sleeps.
#include <emscripten.h>
#include <emscripten/fiber.h>
#include <stdio.h>

enum { kStack = 16384, kFibers = 3, kTurns = 5 };

static emscripten_fiber_t starter, fibers[kFibers];
static char stacks[kFibers][kStack] __attribute__((aligned(16)));
static char buffers[kFibers + 1][4096];
static int sums[kFibers];

static void body(void *argument) {
  int number = (int)(long)argument;
  int local[16] = {0};
  for (int turn = 0; turn < kTurns; ++turn) {
    local[turn] = number + turn;
    if (number == 1) emscripten_sleep(0);
    emscripten_fiber_swap(&fibers[number], &starter);
    sums[number] += local[turn];
  }
  for (;;) emscripten_fiber_swap(&fibers[number], &starter);
}

int main(void) {
  emscripten_fiber_init_from_current_context(&starter, buffers[kFibers], sizeof buffers[0]);
  for (int i = 0; i < kFibers; ++i) {
    emscripten_fiber_init(&fibers[i], body, (void *)(long)i, stacks[i], kStack, buffers[i],
                          sizeof buffers[0]);
  }
  for (int turn = 0; turn <= kTurns; ++turn) {
    for (int i = 0; i < kFibers; ++i) emscripten_fiber_swap(&starter, &fibers[i]);
  }
  printf("sums: %d %d %d\n", sums[0], sums[1], sums[2]);
}
