// `work` sleeps with an argument that the host owns and an array on the C stack.
#include <emscripten.h>
#include <stdio.h>
#include <string.h>

static int events;

EMSCRIPTEN_KEEPALIVE int onEvent(int value) {
  volatile char scratch[512];
  for (int i = 0; i < 512; ++i) scratch[i] = value;
  return ++events + scratch[7];
}

EMSCRIPTEN_KEEPALIVE int work(const char *text) {
  char copy[64];
  strcpy(copy, text);
  emscripten_sleep(1);
  printf("%s %s %d\n", copy, text, events);
  return events;
}
