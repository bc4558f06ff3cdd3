// The list names a C++ function without its parameters. The module knows it as "Robot::step(int)",
// so the entry matches nothing; the linker warns, and the function stays plain.
#include <emscripten.h>
#include <cstdio>

struct Robot {
  int position = 20;
  __attribute__((noinline)) int step(int by);
};

int Robot::step(int by) {
  emscripten_sleep(1);
  position += by;
  return position;
}

static int volatile by = 22;

int main() {
  Robot robot;
  std::printf("step: %d\n", robot.step(by));
}
