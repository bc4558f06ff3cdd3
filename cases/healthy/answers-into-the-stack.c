// An import sleeps and writes what it read into an array on the C stack of the frame that waits.
#include <emscripten.h>
#include <stdio.h>

EM_ASYNC_JS(int, receive, (char *into, int size), {
  await new Promise((resolve) => setTimeout(resolve, 1));
  const text = 'hello';
  stringToUTF8(text, into, size);
  return text.length;
});

__attribute__((noinline)) void readAll(void) {
  char line[64] = "";
  int length = receive(line, sizeof line);
  printf("%s %d\n", line, length);
}

int main(void) {
  for (int i = 0; i < 3; ++i) readAll();
  puts("received");
}
