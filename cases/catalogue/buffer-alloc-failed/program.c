// The program has used up its memory when it sleeps. Emscripten allocates the buffer at every
// suspend and does not check the result: header and records are written at address 0 and over the
// data behind it, and the glue, to which 0 means that nothing is suspended, never ends the unwind.
// The program stops without a word.
#include <emscripten.h>
#include <stdio.h>
#include <stdlib.h>

static char greeting[] = "hello from the data segment";
static int volatile seed = 1;

__attribute__((noinline)) int descend(int depth) {
  int a = seed, b = a + seed, c = b + seed, d = c + seed, e = d + seed, f = e + seed;
  if (depth == 0) {
    emscripten_sleep(1);
    return 0;
  }
  return descend(depth - 1) + (a ^ b ^ c) + (d ^ e ^ f);
}

static void *volatile taken;

static void useUpMemory(void) {
  for (size_t size = 1 << 20; size > 8; size /= 2) {
    do taken = malloc(size);
    while (taken);
  }
}

int main(void) {
  puts("asleep");
#ifndef MENDED
  useUpMemory();
#endif
  descend(60);
  printf("greeting: \"%s\"\n", greeting);
}
