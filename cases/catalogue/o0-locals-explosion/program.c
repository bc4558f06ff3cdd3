// One long function, as generators of parsers write them. Asyncify flattens every expression into
// locals, and without -O at the link nothing takes them away again: engines refuse more than 50,000
// in a function.
#include <emscripten.h>
#include <stdio.h>

static int volatile seed = 1;

#define STEP(n) sum += (seed * n + (sum ^ n)) - ((sum | n) * (seed & n)) + ((sum >> 3) % (n + 1));
#define STEPS_4(n) STEP(n) STEP(n + 1) STEP(n + 2) STEP(n + 3)
#define STEPS_16(n) STEPS_4(n) STEPS_4(n + 4) STEPS_4(n + 8) STEPS_4(n + 12)
#define STEPS_64(n) STEPS_16(n) STEPS_16(n + 16) STEPS_16(n + 32) STEPS_16(n + 48)
#define STEPS_256(n) STEPS_64(n) STEPS_64(n + 64) STEPS_64(n + 128) STEPS_64(n + 192)

int main(void) {
  int sum = seed;
  STEPS_256(1)
  STEPS_256(257)
  STEPS_64(513)
  STEPS_16(577)
  STEPS_16(593)
  emscripten_sleep(1);
  printf("sum: %d\n", sum);
}
