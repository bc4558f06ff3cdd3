// See heap.h. Blocks come from malloc and are chained, so that a sanitizer sees every object;
// marking uses a list threaded through the objects and needs no memory of its own.
#include "vm/heap.h"

#include <cstdlib>
#include <cstring>

#include "vm/runtime.h"

GcState gc_state;

namespace {
struct Heap {
  Obj* all;
  Obj* statics;  // chained by `next` like the others, but never swept
  Obj* gray;
  size_t used, limit, threshold, collections;
  uint32_t epoch;
  bool stress, collecting, raising;
} heap;

constexpr size_t kReserve = 16 * 1024;  // only for reporting that memory is exhausted

[[noreturn]] void raise_memory_error() { nlr_jump(vm.memory_error); }

void reserve(size_t bytes) {
  if (heap.stress) gc_collect();
  if (heap.used + bytes > heap.limit || bytes > heap.limit) {
    gc_collect();
    if (bytes > heap.limit || heap.used + bytes > heap.limit) raise_memory_error();
  }
  if (heap.used + bytes > heap.threshold) gc_state.wanted = true;
}

void account(size_t bytes) { heap.used += bytes; }

void* checked_malloc(size_t bytes) {
  void* p = std::malloc(bytes);
  if (!p) {
    gc_collect();
    p = std::malloc(bytes);
    if (!p) raise_memory_error();
  }
  return p;
}

void mark_frame(Frame* f) {
  gc_mark(val(f->code));
  gc_mark(val(f->fun));
  gc_mark(val(f->globals));
  gc_mark(val(f->ns));
  gc_mark(val(f->gen));
  gc_mark(f->handled);
  gc_mark(f->pending_throw);
  for (uint32_t i = 0; i < f->n_slots; i++) gc_mark(f->slots[i]);
  for (uint32_t i = 0; i < f->n_blocks; i++) gc_mark(f->blocks[i].handled);
}

void drain() {
  while (heap.gray) {
    Obj* o = heap.gray;
    heap.gray = o->gray;
    gc_mark_type(o->type);
    if (o->type->trace) o->type->trace(o);
  }
}

void sweep() {
  Obj** link = &heap.all;
  // Finalizers look at nothing but their own object, so the order does not matter; types, however,
  // must outlive their instances, whose finalizer they name: hence two passes.
  Obj* dead_types = nullptr;
  while (Obj* o = *link) {
    if (o->mark == heap.epoch) {
      link = &o->next;
      continue;
    }
    *link = o->next;
    if (o->type == &type_type) {
      o->next = dead_types;
      dead_types = o;
      continue;
    }
    if (o->type->finalize) o->type->finalize(o);
    heap.used -= o->size;
    std::free(o);
  }
  while (dead_types) {
    Obj* next = dead_types->next;
    heap.used -= dead_types->size;
    std::free(dead_types);
    dead_types = next;
  }
}
}  // namespace

void gc_init(size_t limit_bytes) {
  heap = Heap{};
  heap.limit = limit_bytes > kReserve ? limit_bytes : kReserve;
  heap.threshold = heap.limit / 4;
  heap.epoch = 1;
  gc_state = GcState{};
}

void gc_shutdown() {
  heap.epoch++;
  sweep();
  std::free(gc_state.pool);
  gc_state = GcState{};
}

void gc_set_stress(bool on) {
  heap.stress = on;
  gc_state.wanted = on;
}
size_t gc_used() { return heap.used; }
size_t gc_collections() { return heap.collections; }

void gc_add_static(Obj* o) {
  o->mark = 0;  // an epoch of an earlier heap
  o->next = heap.statics;
  heap.statics = o;
}

void gc_pool_push(Value v) {
  if (gc_state.pool_n == gc_state.pool_capacity) {
    size_t capacity = gc_state.pool_capacity ? gc_state.pool_capacity * 2 : 256;
    auto* p = static_cast<Value*>(std::realloc(gc_state.pool, capacity * sizeof(Value)));
    if (!p) raise_memory_error();
    gc_state.pool = p;
    gc_state.pool_capacity = capacity;
  }
  gc_state.pool[gc_state.pool_n++] = v;
}

void* gc_alloc(Type* type, size_t bytes) {
  reserve(bytes);
  auto* o = static_cast<Obj*>(checked_malloc(bytes));
  account(bytes);
  std::memset(static_cast<void*>(o), 0, bytes);
  o->type = type;
  o->size = static_cast<uint32_t>(bytes);
  o->next = heap.all;
  heap.all = o;
  gc_pool_push(o);
  return o;
}

void* gc_buf_alloc(size_t bytes) { return gc_buf_realloc(nullptr, 0, bytes); }

void* gc_buf_realloc(void* p, size_t old_bytes, size_t new_bytes) {
  if (new_bytes > old_bytes) reserve(new_bytes - old_bytes);
  void* q = std::realloc(p, new_bytes ? new_bytes : 1);
  if (!q) {
    gc_collect();
    q = std::realloc(p, new_bytes ? new_bytes : 1);
    if (!q) raise_memory_error();
  }
  heap.used = heap.used - old_bytes + new_bytes;
  return q;
}

void gc_buf_free(void* p, size_t bytes) {
  if (!p) return;
  heap.used -= bytes;
  std::free(p);
}

void gc_mark(Value v) {
  if (!v || is_small(v) || v->mark == heap.epoch) return;
  v->mark = heap.epoch;
  v->gray = heap.gray;
  heap.gray = v;
}

void gc_collect() {
  if (heap.collecting) return;
  heap.collecting = true;
  heap.epoch++;
  heap.collections++;
  for (Frame* f = vm.frame; f; f = f->prev) mark_frame(f);
  for (NlrBuf* n = vm.nlr; n; n = n->prev) gc_mark(n->value);
  for (size_t i = 0; i < gc_state.pool_n; i++) gc_mark(gc_state.pool[i]);
  for (Obj* o = heap.statics; o; o = o->next) gc_mark(o);
  gc_mark(val(vm.builtins));
  gc_mark(val(vm.modules));
  gc_mark(vm.memory_error);
  gc_mark_interned();
  drain();
  sweep();
  // The next collection is due when half of what is free now has been used.
  size_t free_bytes = heap.limit > heap.used ? heap.limit - heap.used : 0;
  heap.threshold = heap.used + free_bytes / 2;
  gc_state.wanted = heap.stress;
  heap.collecting = false;
}
