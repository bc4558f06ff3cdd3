// The dict type: operators, methods, views.
#include "vm/runtime.h"

namespace {
DictObj* self(const Value* a) { return as<DictObj>(a[0]); }

void dict_print(BufObj* b, Value v, PrintKind) {
  auto* d = as<DictObj>(v);
  buf_char(b, '{');
  bool first = true;
  for (uint32_t i = 0; i < d->n_entries; i++) {
    if (!d->entries[i].key) continue;
    if (!first) buf_cstr(b, ", ");
    first = false;
    py_print_helper(b, d->entries[i].key, kPrintRepr);
    buf_cstr(b, ": ");
    if (i < d->n_entries) py_print_helper(b, d->entries[i].value, kPrintRepr);
  }
  buf_char(b, '}');
}

bool equal(DictObj* a, DictObj* b) {
  if (a->used != b->used) return false;
  for (uint32_t i = 0; i < a->n_entries; i++) {
    Value k = a->entries[i].key;
    if (!k) continue;
    Value other = dict_get(b, k);
    if (!other || i >= a->n_entries || !py_equal(a->entries[i].value, other)) return false;
  }
  return true;
}

Value dict_binary(BinaryOp op, Value a, Value b, bool reflected) {
  if (type_of(b) != &type_dict) return nullptr;
  if (op == kEq || op == kNe) return py_bool(equal(as<DictObj>(a), as<DictObj>(b)) == (op == kEq));
  if (op == kOr && !reflected) {
    DictObj* r = dict_copy(as<DictObj>(a), &type_dict);
    dict_update(r, b);
    return val(r);
  }
  return nullptr;
}

Value dict_inplace(BinaryOp op, Value a, Value b) {
  if (op != kOr) return nullptr;
  dict_update(as<DictObj>(a), b);
  return a;
}

Value dict_subscr(Value v, Value index, Value value, SubscrKind kind) {
  auto* d = as<DictObj>(v);
  if (kind == SubscrKind::kStore) {
    dict_set(d, index, value);
    return v;
  }
  if (kind == SubscrKind::kDelete) {
    if (!dict_delete(d, index, nullptr)) py_raise_value(&exc_KeyError, index);
    return v;
  }
  Value r = dict_get(d, index);
  if (!r) py_raise_value(&exc_KeyError, index);
  return r;
}

void update_kw(DictObj* d, size_t n_args, size_t n_kw, const Value* args) {
  for (size_t i = 0; i < n_kw; i++) dict_set(d, args[n_args + 2 * i], args[n_args + 2 * i + 1]);
}

Value dict_make_new(Type*, size_t n_args, size_t n_kw, const Value* args) {
  if (n_args > 1)
    py_raise(&exc_TypeError, "dict expected at most 1 argument, got %d", static_cast<int>(n_args));
  DictObj* d = py_new_dict(&type_dict);
  if (n_args) dict_update(d, args[0]);
  update_kw(d, n_args, n_kw, args);
  return val(d);
}

Value step_view(IterObj* it) {
  auto* d = as<DictObj>(it->a);
  if (d->used != static_cast<uint32_t>(it->n)) {
    py_raise(&exc_RuntimeError, "%s changed size during iteration",
             type_of(it->a) == &type_dict ? "dictionary" : "Set");
  }
  if (it->version != d->version) {
    it->n = -1;
    py_raise(&exc_RuntimeError, "dictionary keys changed during iteration");
  }
  while (it->i < d->n_entries && !d->entries[it->i].key) it->i++;
  if (it->i >= d->n_entries) {
    return nullptr;
  }
  DictEntry& e = d->entries[it->i++];
  if (it->b == small_int(0)) return e.key;
  if (it->b == small_int(1)) return e.value;
  Value pair[2] = {e.key, e.value};
  return val(py_new_tuple(2, pair));
}

Value step_view_reversed(IterObj* it) {
  auto* d = as<DictObj>(it->a);
  while (it->i > 0 && (it->i > d->n_entries || !d->entries[it->i - 1].key)) it->i--;
  if (it->i == 0) return nullptr;
  DictEntry& e = d->entries[--it->i];
  if (it->b == small_int(0)) return e.key;
  if (it->b == small_int(1)) return e.value;
  Value pair[2] = {e.key, e.value};
  return val(py_new_tuple(2, pair));
}

Value view_iter(Value dict, int kind) {
  IterObj* it = py_new_iter(&type_iter, step_view, dict, small_int(kind));
  it->n = as<DictObj>(dict)->used;
  it->version = as<DictObj>(dict)->version;
  return val(it);
}
Value reversed_iter(Value dict, int kind) {
  IterObj* it = py_new_iter(&type_iter, step_view_reversed, dict, small_int(kind));
  it->i = as<DictObj>(dict)->n_entries;
  return val(it);
}

struct ViewObj {
  Obj head;
  Value dict;
};
Value new_view(Type* t, Value dict) {
  auto* v = gc_new<ViewObj>(t);
  v->dict = dict;
  return val(v);
}
int view_kind(Value v) {
  return type_of(v) == &type_dict_keys ? 0 : type_of(v) == &type_dict_values ? 1 : 2;
}
DictObj* view_dict(Value v) { return as<DictObj>(as<ViewObj>(v)->dict); }
Value view_getiter(Value v) { return view_iter(as<ViewObj>(v)->dict, view_kind(v)); }

void view_print(BufObj* b, Value v, PrintKind) {
  buf_str(b, type_of(v)->name);
  buf_char(b, '(');
  py_print_helper(b, val(py_list_from(v)), kPrintRepr);
  buf_char(b, ')');
}

Value view_contains(Value v, Value item) {
  DictObj* d = view_dict(v);
  if (view_kind(v) == 0) return py_bool(dict_get(d, item) != nullptr);
  if (view_kind(v) == 1) return nullptr;
  if (type_of(item) != &type_tuple || as<TupleObj>(item)->n != 2) return py_false;
  Value found = dict_get(d, as<TupleObj>(item)->items[0]);
  return py_bool(found && py_equal(found, as<TupleObj>(item)->items[1]));
}

Value view_binary(BinaryOp op, Value a, Value b, bool reflected) {
  bool other_set = py_is_set(b) || type_of(b) == &type_dict_keys || type_of(b) == &type_dict_items;
  bool arithmetic = op == kAnd || op == kOr || op == kSub || op == kXor;
  if (view_kind(a) == 1 || (!other_set && !arithmetic)) return nullptr;
  Value x = val(py_set_from(a, &type_set));
  Value y = val(py_set_from(b, &type_set));
  return reflected ? py_binary_op(op, y, x) : py_binary_op(op, x, y);
}

Value m_keys(size_t, size_t, const Value* a) { return new_view(&type_dict_keys, a[0]); }
Value m_values(size_t, size_t, const Value* a) { return new_view(&type_dict_values, a[0]); }
Value m_items(size_t, size_t, const Value* a) { return new_view(&type_dict_items, a[0]); }
Value m_get(size_t n, size_t, const Value* a) {
  Value v = dict_get(self(a), a[1]);
  return v ? v : n > 2 ? a[2] : py_none;
}
Value m_setdefault(size_t n, size_t, const Value* a) {
  Value v = dict_get(self(a), a[1]);
  if (v) return v;
  v = n > 2 ? a[2] : py_none;
  dict_set(self(a), a[1], v);
  return v;
}
Value m_pop(size_t n, size_t, const Value* a) {
  Value old;
  if (dict_delete(self(a), a[1], &old)) return old;
  if (n < 3) py_raise_value(&exc_KeyError, a[1]);
  return a[2];
}
Value m_popitem(size_t, size_t, const Value* a) {
  DictObj* d = self(a);
  if (d->used == 0) {
    py_raise_value(&exc_KeyError, val(py_new_cstr("popitem(): dictionary is empty")));
  }
  DictEntry e = d->entries[d->n_entries - 1];
  Value pair[2] = {e.key, e.value};
  TupleObj* t = py_new_tuple(2, pair);
  dict_delete(d, e.key, nullptr);
  return val(t);
}
Value m_update(size_t n, size_t n_kw, const Value* a) {
  if (n > 1) dict_update(self(a), a[1]);
  update_kw(self(a), n, n_kw, a);
  return py_none;
}
Value m_clear(size_t, size_t, const Value* a) {
  dict_clear(self(a));
  return py_none;
}
Value m_copy(size_t, size_t, const Value* a) { return val(dict_copy(self(a), &type_dict)); }
Value m_fromkeys(size_t n, size_t, const Value* a) {
  DictObj* d = py_new_dict(&type_dict);
  IterScope s = py_iter_begin(a[1]);
  while (Value k = py_iter_step(s)) dict_set(d, k, n > 2 ? a[2] : py_none);
  return val(d);
}
Value m_reversed(size_t, size_t, const Value* a) { return reversed_iter(a[0], 0); }
Value view_reversed(size_t, size_t, const Value* a) {
  return reversed_iter(as<ViewObj>(a[0])->dict, view_kind(a[0]));
}
}  // namespace

void dict_trace(Obj* o) {
  auto* d = reinterpret_cast<DictObj*>(o);
  for (uint32_t i = 0; i < d->n_entries; i++) {
    gc_mark(d->entries[i].key);
    gc_mark(d->entries[i].value);
  }
}
void dict_finalize(Obj* o) {
  auto* d = reinterpret_cast<DictObj*>(o);
  gc_buf_free(d->entries, d->capacity * sizeof(DictEntry));
  gc_buf_free(d->index, d->index_size * sizeof(int32_t));
}
Value py_table_iter(Value v) { return view_iter(v, 0); }

void py_init_dict() {
  Type* t = &type_dict;
  py_type_setup(t, "dict", &type_object);
  t->flags |= kTypeUnhashable;
  t->make_new = dict_make_new;
  t->print = dict_print;
  t->binary_op = dict_binary;
  t->inplace_op = dict_inplace;
  t->subscr = dict_subscr;
  t->contains = [](Value v, Value k) { return py_bool(dict_get(as<DictObj>(v), k) != nullptr); };
  t->getiter = py_table_iter;
  t->len = [](Value v) { return static_cast<int64_t>(as<DictObj>(v)->used); };
  t->trace = dict_trace;
  t->finalize = dict_finalize;
  py_type_method(t, "keys", m_keys, 1, 1);
  py_type_method(t, "values", m_values, 1, 1);
  py_type_method(t, "items", m_items, 1, 1);
  py_type_method(t, "get", m_get, 2, 3);
  py_type_method(t, "setdefault", m_setdefault, 2, 3);
  py_type_method(t, "pop", m_pop, 2, 3);
  py_type_method(t, "popitem", m_popitem, 1, 1);
  py_type_method(t, "update", m_update, 1, 2, true);
  py_type_method(t, "clear", m_clear, 1, 1);
  py_type_method(t, "copy", m_copy, 1, 1);
  py_type_method(t, "__reversed__", m_reversed, 1, 1);
  py_type_classmethod(t, "fromkeys", m_fromkeys, 2, 3);
  const char* names[] = {"dict_keys", "dict_values", "dict_items"};
  Type* views[] = {&type_dict_keys, &type_dict_values, &type_dict_items};
  for (int i = 0; i < 3; i++) {
    Type* v = views[i];
    py_type_setup(v, names[i], &type_object);
    v->print = view_print;
    v->getiter = view_getiter;
    v->contains = view_contains;
    v->binary_op = view_binary;
    if (i != 1) v->flags |= kTypeUnhashable;
    v->len = [](Value w) { return static_cast<int64_t>(view_dict(w)->used); };
    v->trace = [](Obj* o) { gc_mark(reinterpret_cast<ViewObj*>(o)->dict); };
    py_type_method(v, "__reversed__", view_reversed, 1, 1);
  }
}
