// `request` checks its result after handleSleep, and throws because there is none yet: it is called
// twice, and the first time its result means nothing. The exception ends the unwind before any
// frame was saved.
#include <emscripten.h>
#include <stdio.h>

EM_JS(int, request, (int isPatient), {
  const reply = Asyncify.handleSleep((wakeUp) => setTimeout(() => wakeUp(7), 1));
  if (!reply && !isPatient) throw new Error('no reply yet');
  return reply;
});

#ifdef MENDED
enum { kPatient = 1 };
#else
enum { kPatient = 0 };
#endif

int main(void) {
  printf("reply: %d\n", request(kPatient));
}
