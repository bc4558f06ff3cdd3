// set and frozenset, on the table of dict.cpp. They iterate in insertion order.
#include "vm/runtime.h"

void dict_trace(Obj* o);
void dict_finalize(Obj* o);
Value py_table_iter(Value v);

DictObj* py_set_from(Value iterable, Type* type) {
  DictObj* s = py_new_dict(type);
  IterScope scope = py_iter_begin(iterable);
  while (Value v = py_iter_step(scope)) dict_set(s, v, py_none);
  return s;
}

namespace {
DictObj* self(const Value* a) { return as<DictObj>(a[0]); }
bool has(DictObj* s, Value v) { return dict_get(s, v) != nullptr; }

void set_print(BufObj* b, Value v, PrintKind) {
  auto* s = as<DictObj>(v);
  bool frozen = type_of(v) == &type_frozenset;
  if (s->used == 0) return buf_cstr(b, frozen ? "frozenset()" : "set()");
  buf_cstr(b, frozen ? "frozenset({" : "{");
  bool first = true;
  for (uint32_t i = 0; i < s->n_entries; i++) {
    if (!s->entries[i].key) continue;
    if (!first) buf_cstr(b, ", ");
    first = false;
    py_print_helper(b, s->entries[i].key, kPrintRepr);
  }
  buf_cstr(b, frozen ? "})" : "}");
}

// Adds the keys of `from` that are in `other` (or are not, if !present).
void add_filtered(DictObj* out, DictObj* from, DictObj* other, bool present) {
  for (uint32_t i = 0; i < from->n_entries; i++) {
    Value k = from->entries[i].key;
    if (k && has(other, k) == present) dict_set(out, k, py_none);
  }
}

DictObj* combine(BinaryOp op, DictObj* a, DictObj* b, Type* type) {
  DictObj* r = py_new_dict(type);
  switch (op) {
    case kOr:
      for (DictObj* s : {a, b}) {
        for (uint32_t i = 0; i < s->n_entries; i++) {
          if (s->entries[i].key) dict_set(r, s->entries[i].key, py_none);
        }
      }
      break;
    case kAnd:
      add_filtered(r, a, b, true);
      break;
    case kSub:
      add_filtered(r, a, b, false);
      break;
    default:
      add_filtered(r, a, b, false);
      add_filtered(r, b, a, false);
      break;
  }
  return r;
}

bool subset(DictObj* a, DictObj* b) {
  if (a->used > b->used) return false;
  for (uint32_t i = 0; i < a->n_entries; i++) {
    if (a->entries[i].key && !has(b, a->entries[i].key)) return false;
  }
  return true;
}

Value set_binary(BinaryOp op, Value a, Value b, bool reflected) {
  if (!py_is_set(b)) return nullptr;
  if (reflected) {
    Value t = a;
    a = b;
    b = t;
  }
  auto *x = as<DictObj>(a), *y = as<DictObj>(b);
  switch (op) {
    case kOr:
    case kAnd:
    case kSub:
    case kXor:
      return val(combine(op, x, y, type_of(a)));
    case kEq:
      return py_bool(x->used == y->used && subset(x, y));
    case kNe:
      return py_bool(!(x->used == y->used && subset(x, y)));
    case kLe:
      return py_bool(subset(x, y));
    case kLt:
      return py_bool(x->used < y->used && subset(x, y));
    case kGe:
      return py_bool(subset(y, x));
    case kGt:
      return py_bool(y->used < x->used && subset(y, x));
    default:
      return nullptr;
  }
}

// Makes `s` hold what `with` holds.
void assign(DictObj* s, DictObj* with) {
  DictObj t = *s;
  s->entries = with->entries;
  s->index = with->index;
  s->index_size = with->index_size;
  s->n_entries = with->n_entries;
  s->capacity = with->capacity;
  s->used = with->used;
  s->version++;
  with->entries = t.entries;
  with->index = t.index;
  with->index_size = t.index_size;
  with->n_entries = t.n_entries;
  with->capacity = t.capacity;
  with->used = t.used;
}

Value set_inplace(BinaryOp op, Value a, Value b) {
  if (!py_is_set(b) || type_of(a) != &type_set) return nullptr;
  if (op != kOr && op != kAnd && op != kSub && op != kXor) return nullptr;
  assign(as<DictObj>(a), combine(op, as<DictObj>(a), as<DictObj>(b), &type_set));
  return a;
}

int64_t frozenset_hash(Value v) {
  uint64_t h = 1927868237;
  auto* s = as<DictObj>(v);
  for (uint32_t i = 0; i < s->n_entries; i++) {
    if (!s->entries[i].key) continue;
    auto k = static_cast<uint64_t>(s->entries[i].hash);
    h ^= (k ^ (k << 16) ^ 89869747u) * 3644798167u;
  }
  return static_cast<int64_t>(h * 69069u + 907133923u);
}

Value make_new(Type* t, size_t n_args, size_t n_kw, const Value* args) {
  if (n_kw) py_raise(&exc_TypeError, "%T() takes no keyword arguments", t);
  if (n_args > 1)
    py_raise(&exc_TypeError, "%T expected at most 1 argument, got %d", t, static_cast<int>(n_args));
  if (n_args == 0) return val(py_new_dict(t));
  if (t == &type_frozenset && type_of(args[0]) == t) return args[0];
  return val(py_set_from(args[0], t));
}

DictObj* other_set(Value v) { return py_is_set(v) ? as<DictObj>(v) : py_set_from(v, &type_set); }
template <BinaryOp op>
Value m_combine(size_t n, size_t, const Value* a) {
  DictObj* r = combine(kOr, self(a), py_new_dict(&type_set), type_of(a[0]));
  for (size_t i = 1; i < n; i++) r = combine(op, r, other_set(a[i]), type_of(a[0]));
  return val(r);
}
template <BinaryOp op>
Value m_update(size_t n, size_t, const Value* a) {
  for (size_t i = 1; i < n; i++) {
    assign(self(a), combine(op, self(a), other_set(a[i]), &type_set));
  }
  return py_none;
}
Value m_add(size_t, size_t, const Value* a) {
  dict_set(self(a), a[1], py_none);
  return py_none;
}
Value m_discard(size_t, size_t, const Value* a) {
  dict_delete(self(a), a[1], nullptr);
  return py_none;
}
Value m_remove(size_t, size_t, const Value* a) {
  if (!dict_delete(self(a), a[1], nullptr)) py_raise_value(&exc_KeyError, a[1]);
  return py_none;
}
Value m_pop(size_t, size_t, const Value* a) {
  DictObj* s = self(a);
  for (uint32_t i = 0; i < s->n_entries; i++) {
    if (Value k = s->entries[i].key) {
      dict_delete(s, k, nullptr);
      return k;
    }
  }
  py_raise_value(&exc_KeyError, val(py_new_cstr("pop from an empty set")));
}
Value m_clear(size_t, size_t, const Value* a) {
  dict_clear(self(a));
  return py_none;
}
Value m_copy(size_t, size_t, const Value* a) { return val(dict_copy(self(a), type_of(a[0]))); }
Value m_issubset(size_t, size_t, const Value* a) {
  return py_bool(subset(self(a), other_set(a[1])));
}
Value m_issuperset(size_t, size_t, const Value* a) {
  return py_bool(subset(other_set(a[1]), self(a)));
}
Value m_isdisjoint(size_t, size_t, const Value* a) {
  return py_bool(combine(kAnd, self(a), other_set(a[1]), &type_set)->used == 0);
}
}  // namespace

void py_init_set() {
  py_type_setup(&type_set, "set", &type_object);
  py_type_setup(&type_frozenset, "frozenset", &type_object);
  for (Type* t : {&type_set, &type_frozenset}) {
    t->make_new = make_new;
    t->print = set_print;
    t->binary_op = set_binary;
    t->contains = [](Value v, Value k) { return py_bool(has(as<DictObj>(v), k)); };
    t->getiter = py_table_iter;
    t->len = [](Value v) { return static_cast<int64_t>(as<DictObj>(v)->used); };
    t->trace = dict_trace;
    t->finalize = dict_finalize;
    py_type_method(t, "union", m_combine<kOr>, 1, -1);
    py_type_method(t, "intersection", m_combine<kAnd>, 1, -1);
    py_type_method(t, "difference", m_combine<kSub>, 1, -1);
    py_type_method(t, "symmetric_difference", m_combine<kXor>, 2, 2);
    py_type_method(t, "issubset", m_issubset, 2, 2);
    py_type_method(t, "issuperset", m_issuperset, 2, 2);
    py_type_method(t, "isdisjoint", m_isdisjoint, 2, 2);
    py_type_method(t, "copy", m_copy, 1, 1);
  }
  Type* t = &type_set;
  t->flags |= kTypeUnhashable;
  t->inplace_op = set_inplace;
  type_frozenset.hash = frozenset_hash;
  py_type_method(t, "add", m_add, 2, 2);
  py_type_method(t, "discard", m_discard, 2, 2);
  py_type_method(t, "remove", m_remove, 2, 2);
  py_type_method(t, "pop", m_pop, 1, 1);
  py_type_method(t, "clear", m_clear, 1, 1);
  py_type_method(t, "update", m_update<kOr>, 1, -1);
  py_type_method(t, "intersection_update", m_update<kAnd>, 1, -1);
  py_type_method(t, "difference_update", m_update<kSub>, 1, -1);
  py_type_method(t, "symmetric_difference_update", m_update<kXor>, 2, 2);
}
