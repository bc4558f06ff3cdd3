// See arena.h.
#include "compile/arena.h"

#include <cstdlib>

#include "vm/runtime.h"

struct ArenaBlock {
  ArenaBlock* next;
  size_t bytes;
};

void* arena_alloc(Arena* a, size_t bytes) {
  bytes = (bytes + 15) & ~size_t{15};
  if (bytes > a->left) {
    size_t size = sizeof(ArenaBlock) + (bytes > 16000 ? bytes : 16000) + 16;
    auto* b = static_cast<ArenaBlock*>(std::calloc(1, size));
    if (!b) nlr_jump(vm.memory_error);
    b->next = a->blocks;
    a->blocks = b;
    auto start = (reinterpret_cast<uintptr_t>(b + 1) + 15) & ~uintptr_t{15};
    a->at = reinterpret_cast<char*>(start);
    a->left = static_cast<size_t>(reinterpret_cast<char*>(b) + size - a->at);
  }
  void* p = a->at;
  a->at += bytes;
  a->left -= bytes;
  return p;
}

void arena_free(Arena* a) {
  while (a->blocks) {
    ArenaBlock* next = a->blocks->next;
    std::free(a->blocks);
    a->blocks = next;
  }
  *a = Arena{};
}
