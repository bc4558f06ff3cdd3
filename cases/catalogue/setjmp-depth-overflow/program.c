// An interpreter that protects every level with a setjmp: each costs the frame of the function,
// with all that setjmp keeps alive in it, and that of the dynCall below its invoke.
#include <emscripten.h>
#include <setjmp.h>
#include <stdio.h>

static int volatile seed = 1;

__attribute__((noinline)) int evaluate(int depth, int limit) {
  jmp_buf handler;
  int a = seed, b = a + seed, c = b + seed, d = c + seed, e = d + seed, f = e + seed, g = f + seed,
      h = g + seed, i = h + seed, j = i + seed, k = j + seed, l = k + seed;
  if (depth == limit) {
    emscripten_sleep(1);
    return depth;
  }
  if (setjmp(handler)) return -1;
  int below = evaluate(depth + 1, limit);
  if (below == (a ^ b ^ c ^ d ^ e ^ f) + (g ^ h ^ i ^ j ^ k ^ l)) longjmp(handler, 1);
  return below;
}

int main(void) {
  printf("depth: %d\n", evaluate(0, 40));
}
