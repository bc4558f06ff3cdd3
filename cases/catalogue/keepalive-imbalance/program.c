// `fetchAnswer` keeps the runtime alive while it waits, and forgets to let go when it fails: the
// handlers that run at exit never run.
#include <emscripten.h>
#include <stdio.h>
#include <stdlib.h>

extern int fetchAnswer(int isMended);

static void goodbye(void) { puts("goodbye"); }

#ifdef MENDED
enum { kMended = 1 };
#else
enum { kMended = 0 };
#endif

int main(void) {
  atexit(goodbye);
  fetchAnswer(kMended);
  puts("main done");
}
