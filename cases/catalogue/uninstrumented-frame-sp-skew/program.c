// `forward` is plain and has a frame on the C stack. On the unwind its epilogue raises the stack
// pointer, on the rewind its prologue lowers it once; `sleepy` below it, which is instrumented,
// does neither. After the resume the live array of `sleepy` lies below the stack pointer, and the
// next call overwrites it. Nothing traps, and the result is right.
#include <emscripten.h>
#include <stdio.h>
#include <string.h>

enum { kWords = 64 };

typedef int (*Task)(int);

__attribute__((noinline)) void fill(int *words, int value) {
  for (int i = 0; i < kWords; ++i) words[i] = value;
}

__attribute__((noinline)) int scratch(int value) {
  int words[4 * kWords];
  for (int i = 0; i < 4; ++i) fill(words + i * kWords, value);
  return words[value];
}

__attribute__((noinline)) int sleepy(int x) {
  int live[kWords];
  fill(live, 7);
  emscripten_sleep(1);
  scratch(1);
  int overwritten = 0;
  for (int i = 0; i < kWords; ++i) overwritten += live[i] != 7;
  printf("overwritten: %d of %d\n", overwritten, kWords);
  return x + 22;
}

__attribute__((noinline)) int forward(int x) {
  int own[2 * kWords];
  fill(own, x);
  fill(own + kWords, x);
  return sleepy(own[x]);
}

static Task volatile slot = forward;

int main(void) {
  printf("result: %d\n", slot(20));
}
