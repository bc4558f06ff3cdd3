// invoke_* notes the stack pointer when it is entered and restores it when it catches a longjmp. At
// a rewind it is entered anew, with the pointer already where the innermost frame left it. The
// frame that catches loses the difference, in every round; a long-lived loop ends in an overflow of
// the stack.
#include <emscripten.h>
#include <setjmp.h>
#include <stdio.h>

static jmp_buf out;

extern void stackRestore(unsigned long pointer);
extern unsigned long stackSave(void);

__attribute__((noinline)) int use(volatile char *bytes) { return bytes[7]; }

__attribute__((noinline)) void work(int round) {
  volatile char frame[1024];
  frame[7] = round;
  emscripten_sleep(0);
  if (use(frame) == round) longjmp(out, 1);
}

static unsigned long lost;

__attribute__((noinline)) void loop(int rounds) {
  unsigned long before = stackSave();
  for (int i = 0; i < rounds; ++i) {
    if (!setjmp(out)) work(i);
#ifdef MENDED
    stackRestore(before);
#endif
  }
  lost = before - stackSave();
}

int main(void) {
  loop(10);
  printf("C stack lost: %s\n", lost >= 10 * 1024 ? "yes" : "no");
}
