// The heap: objects with a byte limit, collected by mark and sweep.
//
// Roots are the frames, the temporaries pool, the builtin types and the VM's own tables. Every new
// object enters the pool, so native code never loses what it has just made; the dispatch loop
// empties the pool above its own base at each safe point, and native loops do the same with
// PoolMark. A collection runs at a safe point of the dispatch loop, or inside an allocation as the
// last resort before MemoryError.
#pragma once
#include "vm/objects.h"

extern "C" void gc_init(size_t limit_bytes);
extern "C" void gc_shutdown();
extern "C" void* gc_alloc(Type* type, size_t bytes);
// Buffers that belong to objects; they count towards the limit. All raise MemoryError when full.
extern "C" void* gc_buf_alloc(size_t bytes);
extern "C" void* gc_buf_realloc(void* p, size_t old_bytes, size_t new_bytes);
extern "C" void gc_buf_free(void* p, size_t bytes);
extern "C" void gc_collect();
extern "C" void gc_set_stress(
    bool on);  // collect at every safe point and allocation, to find missing roots
extern "C" size_t gc_used();
extern "C" size_t gc_collections();
extern "C" void gc_mark(Value v);
inline void gc_mark_type(Type* t) {
  if (t) gc_mark(type_value(t));
}
// Makes a static object a root until gc_shutdown, and its references with it.
extern "C" void gc_add_static(Obj* o);

struct GcState {
  bool wanted;  // a collection is due at the next safe point
  size_t pool_n, pool_capacity;
  Value* pool;
};
extern GcState gc_state;
extern "C" void gc_pool_push(Value v);
inline size_t gc_pool_top() { return gc_state.pool_n; }
// Never grows the pool: what is above its top may have been collected.
inline void gc_pool_reset(size_t top) {
  if (top < gc_state.pool_n) gc_state.pool_n = top;
}
inline void gc_safe_point(size_t pool_base) {
  gc_pool_reset(pool_base);
  if (gc_state.wanted) gc_collect();
}

template <class T>
inline T* gc_new(Type* type, size_t extra = 0) {
  return static_cast<T*>(gc_alloc(type, sizeof(T) + extra));
}
