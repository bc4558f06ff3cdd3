// `job` sleeps with an array on the C stack; `event` uses some C stack of its own.
#include <emscripten.h>
#include <stdio.h>

enum { kWords = 64 };

__attribute__((noinline)) void fill(int *words, int value) {
  for (int i = 0; i < kWords; ++i) words[i] = value;
}

EMSCRIPTEN_KEEPALIVE int event(int value) {
  int words[4 * kWords];
  for (int i = 0; i < 4; ++i) fill(words + i * kWords, value);
  return words[value];
}

EMSCRIPTEN_KEEPALIVE void job(int *argument) {
  int live[kWords];
  fill(live, *argument);
  emscripten_sleep(1);
  int overwritten = 0;
  for (int i = 0; i < kWords; ++i) overwritten += live[i] != 7;
  printf("overwritten: %d of %d\n", overwritten, kWords);
}
