// Code with setjmp calls through invoke_*, one import per signature. The hand-written list has
// invoke_vi, for `one`; the call of `two` goes through invoke_vii, which Asyncify takes for an
// import that never suspends.
#include <emscripten.h>
#include <setjmp.h>
#include <stdio.h>

static jmp_buf out;

__attribute__((noinline)) void one(int x) {
  emscripten_sleep(1);
  if (x < 0) longjmp(out, 1);
}

__attribute__((noinline)) void two(int x, int y) {
  emscripten_sleep(1);
  if (x < y) longjmp(out, 1);
}

EMSCRIPTEN_KEEPALIVE __attribute__((noinline)) int guarded(int x) {
  if (setjmp(out)) return -1;
  if (x == 0) one(x);
  two(x, 1);
  return x;
}

int main(void) {
  printf("guarded: %d\n", guarded(3));
}
