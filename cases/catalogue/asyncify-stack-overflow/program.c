// Every frame of `descend` keeps sixteen values alive across the sleep, which Asyncify saves. At
// this depth the records need more than the 4096 bytes of the buffer; the pass writes them all the
// same, and only asyncify_stop_unwind compares the position with the end, and traps.
#include <emscripten.h>
#include <stdio.h>

static int volatile seed = 1;

__attribute__((noinline)) int descend(int depth) {
  int a = seed, b = a + seed, c = b + seed, d = c + seed, e = d + seed, f = e + seed, g = f + seed,
      h = g + seed, i = h + seed, j = i + seed, k = j + seed, l = k + seed, m = l + seed,
      n = m + seed;
  if (depth == 0) {
    emscripten_sleep(1);
    return 0;
  }
  int below = descend(depth - 1);
  return below + (a ^ b ^ c ^ d ^ e ^ f ^ g) + (h ^ i ^ j ^ k ^ l ^ m ^ n);
}

int main(void) {
  printf("sum: %d\n", descend(100));
}
