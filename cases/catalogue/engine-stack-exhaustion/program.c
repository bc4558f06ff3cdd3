// Each level of this parser is a frame of the engine. Unoptimised, a transformed function has
// hundreds of locals, and so many levels need more stack than the engine has; optimised they fit.
#include <emscripten.h>
#include <stdio.h>

static int volatile seed = 1;

#define TERM(a) ((a) * seed + ((a) ^ seed) - ((a) | seed) * ((a) & seed))
#define TERMS(a) (TERM(a) + TERM((a) + 1) + TERM((a) + 2) + TERM((a) + 3))

__attribute__((noinline)) int parse(int depth, int limit) {
  if (depth == limit) {
    emscripten_sleep(1);
    return depth;
  }
  int mixed = TERMS(depth) + TERMS(limit);
  int result = parse(depth + 1, limit);
  return mixed == -1 ? -1 : result;
}

int main(void) {
  printf("depth: %d\n", parse(0, 1000));
}
