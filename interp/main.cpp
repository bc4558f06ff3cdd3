// The native command: asyncscope-python FILE.py | -c CODE. Exits with 1 on an uncaught exception.
// --repeat runs the program so many times on one VM, as a host that keeps its instance does.
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "port/port.h"
#include "vm/runtime.h"

namespace {
constexpr uint32_t kDefaultHeap = 256u * 1024 * 1024;

char* read_file(const char* path) {
  std::FILE* f = std::fopen(path, "rb");
  if (!f) return nullptr;
  size_t n = 0, capacity = 65536;
  char* text = static_cast<char*>(std::malloc(capacity));
  while (size_t got = std::fread(text + n, 1, capacity - n - 1, f)) {
    n += got;
    if (n + 1 == capacity) text = static_cast<char*>(std::realloc(text, capacity *= 2));
  }
  text[n] = 0;
  std::fclose(f);
  return text;
}

int usage() {
  std::fprintf(
      stderr,
      "usage: asyncscope-python [--heap BYTES] [--gc-stress] [--repeat N] FILE.py | -c CODE\n"
      "Runs a Python program. Exit code 1 on an uncaught exception, 2 on wrong usage.\n");
  return 2;
}
}  // namespace

int main(int argc, char** argv) {
  uint32_t heap = kDefaultHeap;
  bool stress = false;
  long repeat = 1;
  const char* filename = nullptr;
  char* source = nullptr;
  for (int i = 1; i < argc; i++) {
    if (!std::strcmp(argv[i], "--heap") && i + 1 < argc) {
      heap = static_cast<uint32_t>(std::strtoul(argv[++i], nullptr, 10));
    } else if (!std::strcmp(argv[i], "--gc-stress")) {
      stress = true;
    } else if (!std::strcmp(argv[i], "--repeat") && i + 1 < argc) {
      repeat = std::strtol(argv[++i], nullptr, 10);
    } else if (!std::strcmp(argv[i], "-c") && i + 1 < argc && !filename) {
      filename = "<string>";
      source = strdup(argv[++i]);
    } else if (argv[i][0] != '-' && !filename) {
      filename = argv[i];
      source = read_file(filename);
      if (!source) {
        std::fprintf(stderr, "asyncscope-python: cannot open '%s'\n", filename);
        return 2;
      }
    } else {
      return usage();
    }
  }
  if (!source) return usage();
  py_init(heap);
  gc_set_stress(stress);
  int status = 0;
  for (long i = 0; i < repeat && status == 0; i++) status = py_run_source(source, filename);
  gc_set_stress(false);
  py_vm_shutdown();
  std::free(source);
  return status;
}
