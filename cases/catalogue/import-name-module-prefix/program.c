// A library that waits for input replaces fd_read by one that suspends. fd_read is an import of the
// module "wasi_snapshot_preview1"; the plain name in the list means "env.fd_read", which does not
// exist, and Emscripten's own check compares the bare names and is content.
#include <emscripten.h>
#include <stdio.h>
#include <unistd.h>

__attribute__((noinline)) int readLine(char *line, int size) {
  return read(0, line, size);
}

int main(void) {
  char line[16];
  printf("read: %d\n", readLine(line, sizeof line));
}
