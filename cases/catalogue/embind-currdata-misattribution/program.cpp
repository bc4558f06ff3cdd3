// `answer` never sleeps. But embind asks whether anything is suspended, not whether this call is:
// while main sleeps, the call returns a promise, of somebody else's result.
#include <emscripten.h>
#include <emscripten/bind.h>

int answer() { return 42; }

EMSCRIPTEN_BINDINGS(program) { emscripten::function("answer", &answer); }

int main() { emscripten_sleep(5); }
