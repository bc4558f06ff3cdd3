// The main module: loads the side module and calls it through a pointer, and is called back by it.
#include <dlfcn.h>
#include <stdio.h>

int pause_for(int value);  // the host's: suspends, then returns its argument

static int leaf(int n) { return pause_for(n) * 2; }

int main(void) {
  void* side = dlopen("side.wasm", RTLD_NOW);
  if (side == NULL) {
    printf("dlopen: %s\n", dlerror());
    return 1;
  }
  int (*pair)(int (*)(int), int) = (int (*)(int (*)(int), int))dlsym(side, "pair");
  int sum = 0;
  for (int i = 0; i < 100; i++) sum += pair(leaf, i);
  printf("sum: %d\n", sum);
  return 0;
}
