// The port without an event loop: a yield only counts, a sleep takes no time.
#include <chrono>
#include <cstdio>
#include <cstring>

#include "port/port.h"
#include "vm/runtime.h"

void port_count_sleep();

void port_write(int fd, const char* text, size_t n) {
  if (fd < 0) {
    std::fflush(stdout);
    std::fflush(stderr);
    return;
  }
  std::fwrite(text, 1, n, fd == 2 ? stderr : stdout);
}

void port_yield() {}
void port_sleep(double) { port_count_sleep(); }

double port_time_ms() {
  using std::chrono::duration;
  return duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

void port_register_position(AsyncscopePosition*) {}

// Test functions in the place of a host: echo, add, none.
Value port_host_call(StrObj* name, size_t n, const Value* args) {
  if (!std::strcmp(name->data, "echo") && n == 1) return args[0];
  if (!std::strcmp(name->data, "add") && n == 2) return py_binary_op(kAdd, args[0], args[1]);
  if (!std::strcmp(name->data, "none")) return py_none;
  py_raise(&exc_OSError, "no host function '%S'", name);
}
