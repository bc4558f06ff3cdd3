// qsort is called where a setjmp is active, hence through invoke_*, and its comparison sleeps.
#include <emscripten.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

static jmp_buf handler;

static int compare(const void *a, const void *b) {
  emscripten_sleep(0);
  int difference = *(const int *)a - *(const int *)b;
  if (difference == 1000) longjmp(handler, 1);
  return difference;
}

int main(void) {
  int numbers[] = {5, 3, 9, 1, 7, 2};
  if (setjmp(handler)) return 1;
  qsort(numbers, 6, sizeof *numbers, compare);
  for (int i = 0; i < 6; ++i) printf("%d ", numbers[i]);
  puts("sorted");
}
