// See names.h. The table is open-addressed, outside the garbage-collected heap; its strings live
// until the VM is shut down.
#include "vm/names.h"

#include <cstdlib>
#include <cstring>

#include "vm/runtime.h"

PyNames py_names;

namespace {
StrObj** table;
size_t table_size, table_used;

uint32_t text_hash(const char* text, size_t n) {
  uint32_t h = 2166136261u;
  for (size_t i = 0; i < n; i++) h = (h ^ static_cast<unsigned char>(text[i])) * 16777619u;
  return h;
}

StrObj** find_slot(const char* text, size_t n) {
  size_t i = text_hash(text, n) & (table_size - 1);
  while (table[i] && (table[i]->bytes != n || std::memcmp(table[i]->data, text, n) != 0)) {
    i = (i + 1) & (table_size - 1);
  }
  return &table[i];
}

void grow() {
  StrObj** old = table;
  size_t old_size = table_size;
  table_size = table_size ? table_size * 2 : 1024;
  table = static_cast<StrObj**>(std::calloc(table_size, sizeof(StrObj*)));
  for (size_t i = 0; i < old_size; i++) {
    if (old[i]) *find_slot(old[i]->data, old[i]->bytes) = old[i];
  }
  std::free(old);
}
}  // namespace

StrObj* py_intern(const char* text, size_t bytes) {
  if (table_used * 2 >= table_size) grow();
  StrObj** slot = find_slot(text, bytes);
  if (*slot) return *slot;
  StrObj* s = py_new_str(text, bytes);
  slot = find_slot(text, bytes);
  s->interned = true;
  *slot = s;
  table_used++;
  return s;
}

StrObj* py_intern_cstr(const char* text) { return py_intern(text, std::strlen(text)); }

void gc_mark_interned() {
  for (size_t i = 0; i < table_size; i++) gc_mark(val(table[i]));
}

void gc_free_interned() {
  std::free(table);
  table = nullptr;
  table_size = table_used = 0;
}

void py_init_names() {
#define X(id, text) py_names.id = py_intern_cstr(text);
  PY_NAMES(X)
#undef X
}
