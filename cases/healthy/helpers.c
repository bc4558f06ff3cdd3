// JavaScript that is called between suspends puts arguments on the C stack, calls back, and gives
// the stack back.
#include <emscripten.h>
#include <stdio.h>

EMSCRIPTEN_KEEPALIVE int sum(const int *numbers, int count) {
  int total = 0;
  for (int i = 0; i < count; ++i) total += numbers[i];
  return total;
}

EM_JS(int, sumOf, (int a, int b), {
  const top = stackSave();
  const numbers = stackAlloc(16);
  HEAP32[numbers >> 2] = a;
  HEAP32[(numbers >> 2) + 1] = b;
  const total = Module._sum(numbers, 2);
  stackRestore(top);
  return total;
});

int main(void) {
  int total = 0;
  for (int i = 0; i < 5; ++i) {
    total = sumOf(total, i);
    emscripten_sleep(0);
  }
  printf("total: %d\n", total);
}
