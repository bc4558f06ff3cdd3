// `ask` is proxied: the main thread does it for the others, synchronously. There it suspends, under
// the function that takes the calls of other threads, which cannot wait; and the message names an
// import of the runtime.
#include <emscripten.h>
#include <pthread.h>
#include <stdio.h>

extern int ask(void);

static void *work(void *answer) {
#ifdef MENDED
  return answer;
#else
  return (void *)ask();
#endif
}

int main(void) {
  void *answer = NULL;
#ifdef MENDED
  answer = (void *)ask();
#endif
  pthread_t thread;
  pthread_create(&thread, NULL, work, answer);
  pthread_join(thread, &answer);
  printf("answer: %d\n", (int)answer);
  EM_ASM({ Module.onDone(); });
}
