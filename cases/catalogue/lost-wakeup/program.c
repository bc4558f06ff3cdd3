// `fetchAnswer` wakes up when the request succeeds. When it fails, nobody does, and the call is
// pending for ever.
#include <emscripten.h>

EM_JS(int, fetchAnswer, (int isMended), {
  return Asyncify.handleSleep((wakeUp) => {
    const onError = () => { if (isMended) wakeUp(-1); };
    const request = new Promise((resolve, reject) => setTimeout(reject, 1));
    request.then(wakeUp, onError);
  });
});

EMSCRIPTEN_KEEPALIVE int ask(void) {
#ifdef MENDED
  return fetchAnswer(1) + 43;
#else
  return fetchAnswer(0) + 43;
#endif
}
