// Three faults that have nothing to do with each other: `ask` returns a promise that nobody waits
// for, `order` does its work outside the starter and so twice, and the host calls `buy` as a function
// that does not suspend. Each is to be told, with its own advice.
#include <emscripten.h>

#ifdef MENDED
EM_JS(int, ask, (void), { return Asyncify.handleAsync(async () => 42); });
EM_JS(void, order, (int price), {
  Asyncify.handleSleep((wakeUp) => {
    Module.spent = (Module.spent || 0) + price;
    setTimeout(wakeUp, 1);
  });
});
#else
EM_JS(int, ask, (void), { return (async () => 42)(); });
EM_JS(void, order, (int price), {
  Module.spent = (Module.spent || 0) + price;
  Asyncify.handleSleep((wakeUp) => setTimeout(wakeUp, 1));
});
#endif

EMSCRIPTEN_KEEPALIVE int buy(int price) {
  int asked = ask();
  order(price);
  return asked;
}
