// `receive` takes a view of the memory, then suspends. Emscripten allocates the buffer of the
// suspend, for which the memory has to grow: the view is detached, and what arrives is written to
// nowhere.
#include <emscripten.h>
#include <stdio.h>
#include <stdlib.h>

#ifdef MENDED
enum { kAnew = 1 };
#else
enum { kAnew = 0 };
#endif

EM_JS(void, receive, (char *into, int size, int anew), {
  const before = HEAPU8.subarray(into, into + size);
  Asyncify.handleSleep((wakeUp) => setTimeout(() => {
    const view = anew ? HEAPU8.subarray(into, into + size) : before;
    ([104, 101, 108, 108, 111]).forEach((letter, at) => { view[at] = letter; });
    wakeUp();
  }, 1));
});

static void *volatile taken;

// Leaves less than the buffer needs.
static void useUpMemory(void) {
  taken = malloc(16);
  taken = malloc(EM_ASM_INT({ return HEAPU8.length; }) - (int)taken - 32768);
}

int main(void) {
  static char text[16];
  useUpMemory();
  receive(text, sizeof text, kAnew);
  printf("received: \"%s\"\n", text);
}
