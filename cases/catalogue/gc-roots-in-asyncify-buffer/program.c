// A heap of eight objects with a collector that looks for references on the C stack. `job` holds
// one in a local; asleep, that local exists only in the Asyncify buffer, and a collection frees the
// object.
#include <emscripten.h>
#include <stdio.h>

enum { kObjects = 8 };

typedef struct { int isUsed, value; } Object;

static Object heap[kObjects];

EMSCRIPTEN_KEEPALIVE __attribute__((noinline)) Object *allocate(int value) {
  for (int i = 0; i < kObjects; ++i) {
    if (heap[i].isUsed) continue;
    heap[i] = (Object){1, value};
    return &heap[i];
  }
  return NULL;
}

static int isReferenced(const Object *object, Object **from, Object **to) {
  for (; from < to; ++from) if (*from == object) return 1;
  return 0;
}

// [begin, end): the records of what is suspended, or nothing.
EMSCRIPTEN_KEEPALIVE void collect(Object **begin, Object **end, Object **stack, Object **base) {
  for (int i = 0; i < kObjects; ++i) {
    heap[i].isUsed = isReferenced(&heap[i], stack, base) || isReferenced(&heap[i], begin, end);
  }
}

// The host asks for the range of the records: from behind the header to the position.
EM_JS(void, offerRecords, (void), {
  Module.records = () => [Asyncify.currData + 12, HEAPU32[Asyncify.currData >> 2]];
});

EMSCRIPTEN_KEEPALIVE void job(void) {
  offerRecords();
  Object *object = allocate(42);
  emscripten_sleep(1);
  printf("object: %d of 42\n", object->value);
}
