// The hash table behind dict, set, namespaces and attributes: entries in insertion order, and an
// open-addressed index of positions. A key's __eq__ may change the table; the search then restarts.
#include <cstring>

#include "vm/runtime.h"

DictObj* py_new_dict(Type* type) { return gc_new<DictObj>(type); }

namespace {
constexpr int32_t kEmpty = -1, kDeleted = -2;

int64_t hash_of(Value key) {
  if (is_small(key)) return small_value(key) == -1 ? -2 : static_cast<int64_t>(small_value(key));
  return py_hash(key);
}

uint32_t spread(int64_t hash) {
  auto h = static_cast<uint64_t>(hash);
  return static_cast<uint32_t>(h ^ (h >> 32) ^ (h >> 17));
}

// Returns the slot of the index that holds the key, or -1.
int64_t find(DictObj* d, Value key, int64_t hash) {
restart:
  if (!d->index_size) return -1;
  uint32_t mask = d->index_size - 1;
  uint32_t version = d->version;
  for (uint32_t i = spread(hash) & mask;; i = (i + 1) & mask) {
    int32_t at = d->index[i];
    if (at == kEmpty) return -1;
    if (at == kDeleted) continue;
    DictEntry& e = d->entries[at];
    if (e.key == key) return i;
    if (e.hash != hash) continue;
    bool equal = py_equal(e.key, key);
    if (d->version != version) goto restart;
    if (equal) return i;
  }
}

void rebuild_index(DictObj* d, uint32_t size) {
  if (size != d->index_size) {
    d->index = static_cast<int32_t*>(
        gc_buf_realloc(d->index, d->index_size * sizeof(int32_t), size * sizeof(int32_t)));
    d->index_size = size;
  }
  for (uint32_t i = 0; i < size; i++) d->index[i] = kEmpty;
  uint32_t out = 0;
  for (uint32_t i = 0; i < d->n_entries; i++) {
    if (!d->entries[i].key) continue;
    d->entries[out] = d->entries[i];
    uint32_t k = spread(d->entries[out].hash) & (size - 1);
    while (d->index[k] != kEmpty) k = (k + 1) & (size - 1);
    d->index[k] = static_cast<int32_t>(out++);
  }
  d->n_entries = out;
}

void grow(DictObj* d) {
  if (d->used + 1 <= d->capacity / 2 && d->capacity > 8) {
    return rebuild_index(d, d->index_size);  // many deletions: compact instead
  }
  uint32_t capacity = d->capacity ? d->capacity * 2 : 5;
  d->entries = static_cast<DictEntry*>(
      gc_buf_realloc(d->entries, d->capacity * sizeof(DictEntry), capacity * sizeof(DictEntry)));
  d->capacity = capacity;
  uint32_t size = 8;
  while (size * 2 < capacity * 3) size *= 2;
  rebuild_index(d, size);
}
}  // namespace

Value dict_get(DictObj* d, Value key) {
  if (d->used == 0) {
    if (!is_small(key)) hash_of(key);  // an unhashable key is an error even here
    return nullptr;
  }
  int64_t i = find(d, key, hash_of(key));
  return i < 0 ? nullptr : d->entries[d->index[i]].value;
}

Value dict_get_str(DictObj* d, StrObj* key) {
  if (!d->index_size) return nullptr;
  int64_t hash = key->hashed ? key->hash : py_str_hash(val(key));
  uint32_t mask = d->index_size - 1;
  for (uint32_t i = spread(hash) & mask;; i = (i + 1) & mask) {
    int32_t at = d->index[i];
    if (at == kEmpty) return nullptr;
    if (at == kDeleted) continue;
    DictEntry& e = d->entries[at];
    if (e.key == val(key)) return e.value;
    if (e.hash == hash && py_is_str(e.key) && str_equal(to_str(e.key), key)) return e.value;
  }
}

void dict_set(DictObj* d, Value key, Value value) {
  int64_t hash = hash_of(key);
  int64_t i = find(d, key, hash);
  if (i >= 0) {
    d->entries[d->index[i]].value = value;
    return;
  }
  if (d->n_entries == d->capacity) grow(d);
  uint32_t mask = d->index_size - 1;
  uint32_t k = spread(hash) & mask;
  while (d->index[k] >= 0) k = (k + 1) & mask;
  d->index[k] = static_cast<int32_t>(d->n_entries);
  d->entries[d->n_entries++] = {key, value, hash};
  d->used++;
  d->version++;
}

bool dict_delete(DictObj* d, Value key, Value* old) {
  int64_t i = find(d, key, hash_of(key));
  if (i < 0) return false;
  DictEntry& e = d->entries[d->index[i]];
  if (old) *old = e.value;
  e.key = e.value = nullptr;
  d->index[i] = kDeleted;
  d->used--;
  d->version++;
  while (d->n_entries && !d->entries[d->n_entries - 1].key) d->n_entries--;
  if (d->used == 0) rebuild_index(d, d->index_size);
  return true;
}

void dict_clear(DictObj* d) {
  gc_buf_free(d->entries, d->capacity * sizeof(DictEntry));
  gc_buf_free(d->index, d->index_size * sizeof(int32_t));
  d->entries = nullptr;
  d->index = nullptr;
  d->capacity = d->index_size = d->n_entries = d->used = 0;
  d->version++;
}

DictObj* dict_copy(DictObj* d, Type* type) {
  DictObj* r = py_new_dict(type);
  for (uint32_t i = 0; i < d->n_entries; i++) {
    if (d->entries[i].key) dict_set(r, d->entries[i].key, d->entries[i].value);
  }
  return r;
}

void dict_update(DictObj* d, Value other) {
  if (type_of(other) == &type_dict) {
    auto* o = as<DictObj>(other);
    for (uint32_t i = 0; i < o->n_entries; i++) {
      if (o->entries[i].key) dict_set(d, o->entries[i].key, o->entries[i].value);
    }
    return;
  }
  if (py_load_attr_maybe(other, py_names.keys)) {
    ListObj* keys = py_list_from(py_call_method_n(other, py_names.keys, 0, nullptr));
    for (size_t i = 0; i < keys->n; i++)
      dict_set(d, keys->items[i], py_subscr(other, keys->items[i]));
    return;
  }
  IterScope s = py_iter_begin(other);
  int i = 0;
  while (Value v = py_iter_step(s)) {
    Type* t = type_of(v);
    if (is_small(v) || !(t->getiter || (t->flags & kTypeUser))) {
      py_raise(&exc_TypeError,
               "cannot convert dictionary update sequence element #%d to a sequence", i);
    }
    TupleObj* pair = py_tuple_from(v);
    if (pair->n != 2) {
      py_raise(&exc_ValueError,
               "dictionary update sequence element #%d has length %d; 2 is required", i,
               static_cast<int>(pair->n));
    }
    dict_set(d, pair->items[0], pair->items[1]);
    i++;
  }
}
