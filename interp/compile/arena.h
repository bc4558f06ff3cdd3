// Memory of one compilation: allocated in order, freed all at once. Nothing in it has a destructor,
// so a SyntaxError can leave the compiler by longjmp at any point.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>

struct ArenaBlock;
struct Arena {
  ArenaBlock* blocks;
  size_t left;
  char* at;
};
void* arena_alloc(Arena* a, size_t bytes);  // zeroed; raises MemoryError
void arena_free(Arena* a);

// A growing array in the arena.
template <class T>
struct Vec {
  T* data = nullptr;
  uint32_t n = 0, capacity = 0;
  void push(Arena* a, T v) {
    if (n == capacity) {
      uint32_t c = capacity ? capacity * 2 : 8;
      T* p = static_cast<T*>(arena_alloc(a, c * sizeof(T)));
      if (n) std::memcpy(static_cast<void*>(p), data, n * sizeof(T));
      data = p;
      capacity = c;
    }
    data[n++] = v;
  }
  T& operator[](uint32_t i) { return data[i]; }
  const T& operator[](uint32_t i) const { return data[i]; }
  T& back() { return data[n - 1]; }
  T* begin() { return data; }
  T* end() { return data + n; }
};
