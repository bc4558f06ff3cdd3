// Exports and imports that look like trouble to a tool and are none: each host of hosts.mjs uses
// some of them as a healthy program does.
#include <emscripten.h>
#include <stdio.h>
#include <stdlib.h>

EMSCRIPTEN_KEEPALIVE int compute(int x) {
  emscripten_sleep(1);
  return 2 * x;
}

// Whoever calls it does not care when it ends.
EMSCRIPTEN_KEEPALIVE void start(int rounds) {
  for (int i = 0; i < rounds; ++i) emscripten_sleep(1);
}

EMSCRIPTEN_KEEPALIVE int plain(int x) { return x + 1; }

// Has the answer at hand: its sleeps end before they begin.
EM_JS(int, lookUp, (int key), {
  return Asyncify.handleSleep((wakeUp) => {
    const known = Module.known[key];
    if (known !== undefined) wakeUp(known);
    else setTimeout(() => wakeUp(Module.known[key] = 10 * key), 1);
  });
});

EMSCRIPTEN_KEEPALIVE int sumOf(int count) {
  int sum = 0;
  for (int key = 0; key < count; ++key) sum += lookUp(key);
  return sum;
}

// Returns a promise that nobody in wasm needs: the host waits for it.
EM_JS(void, note, (int x), { return Module.note(x); });

EMSCRIPTEN_KEEPALIVE void noteAll(int count) {
  for (int i = 0; i < count; ++i) note(i);
}

EM_JS(int, load, (int x), {
  return Asyncify.handleAsync(async () => {
    if (x < 0) throw new Error('no such file');
    return x;
  });
});

EM_JS(void, refuse, (void), { throw new Error('refused'); });

EMSCRIPTEN_KEEPALIVE int loadAndRefuse(int x) {
  int loaded = load(x);
  if (loaded > 1) refuse();
  return loaded;
}

static void goodbye(void) { puts("goodbye"); }

int main(void) {
  atexit(goodbye);
  emscripten_sleep(1);
  return 3;
}
