// `request` checks its result after handleSleep, which during the unwind is not there yet, and
// throws: no frame has been saved. The host reports the error and goes on, but the timer is armed:
// it rewinds a stack of which there are no records.
#include <emscripten.h>

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

__attribute__((noinline)) int retry(int times) {
  int reply = 0;
  for (int i = 0; i < times && !reply; ++i) reply = request(kPatient);
  return reply;
}

EMSCRIPTEN_KEEPALIVE int ask(int times) {
  return retry(times);
}
