// The side module: calls back into the main module, and suspends by itself in between.
int pause_for(int value);

static int calls = 0;

int pair(int (*step)(int), int n) {
  int first = step(n);
  int between = pause_for(n);
  calls += 1;
  return first + between + step(n + 1) + calls;
}
