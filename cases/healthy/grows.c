// The program's own allocations make the memory grow: between suspends, and in an event while one
// lasts.
#include <emscripten.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { kBlock = 9 << 20 };

static char *volatile blocks[4];

EMSCRIPTEN_KEEPALIVE void grow(int at) {
  blocks[at] = malloc(kBlock);
  memset(blocks[at], at + 1, kBlock);
}

EM_JS(void, growLater, (void), { setTimeout(() => Module._grow(3), 0); });

int main(void) {
  for (int i = 0; i < 3; ++i) {
    grow(i);
    emscripten_sleep(0);
  }
  growLater();
  emscripten_sleep(10);
  printf("blocks: %d %d %d %d\n", blocks[0][7], blocks[1][7], blocks[2][7], blocks[3][7]);
}
