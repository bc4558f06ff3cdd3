// An interpreter keeps its current thread in a global. A job sleeps, and the handler of an event
// enters the interpreter meanwhile. The global is exported, so that the developer can declare it.
#include <emscripten.h>
#include <stdio.h>

int currentThread;

EMSCRIPTEN_KEEPALIVE void job(int thread) {
  currentThread = thread;
  emscripten_sleep(5);
  printf("job of thread %d ended in thread %d\n", thread, currentThread);
}

EMSCRIPTEN_KEEPALIVE void onEvent(int thread) { currentThread = thread; }
