// An import that suspends is called a second time at the end of the rewind. What it does before
// handleSleep is done again: the order goes out twice.
#include <emscripten.h>
#include <stdio.h>

#ifdef MENDED
EM_JS(void, order, (void), {
  Asyncify.handleSleep((wakeUp) => {
    Module.orders = (Module.orders || 0) + 1;
    setTimeout(wakeUp, 1);
  });
});
#else
EM_JS(void, order, (void), {
  Module.orders = (Module.orders || 0) + 1;
  Asyncify.handleSleep((wakeUp) => setTimeout(wakeUp, 1));
});
#endif

int main(void) {
  order();
  printf("orders: %d\n", EM_ASM_INT({ return Module.orders; }));
}
