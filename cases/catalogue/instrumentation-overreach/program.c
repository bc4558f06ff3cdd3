// Only main sleeps. But there are function pointers, and each may point at a function that does: so
// all that calls through one, printf and qsort among them, is instrumented.
#include <emscripten.h>
#include <stdio.h>
#include <stdlib.h>

static int compare(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

int main(void) {
  int numbers[] = {3, 1, 2};
  qsort(numbers, 3, sizeof *numbers, compare);
  emscripten_sleep(1);
  printf("%d %d %d %f\n", numbers[0], numbers[1], numbers[2], 0.5);
}
