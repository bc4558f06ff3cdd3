// list: storage, operators, methods.
#include <cstring>

#include "vm/runtime.h"

ListObj* py_new_list(size_t n) {
  auto* l = gc_new<ListObj>(&type_list);
  if (n) {
    l->items = static_cast<Value*>(gc_buf_alloc(n * sizeof(Value)));
    std::memset(static_cast<void*>(l->items), 0, n * sizeof(Value));
    l->n = l->capacity = n;
  }
  return l;
}

namespace {
void reserve(ListObj* l, size_t n) {
  if (n <= l->capacity) return;
  size_t capacity = l->capacity + l->capacity / 2 + 4;
  if (capacity < n) capacity = n;
  l->items = static_cast<Value*>(
      gc_buf_realloc(l->items, l->capacity * sizeof(Value), capacity * sizeof(Value)));
  l->capacity = capacity;
}

ListObj* self(const Value* a) { return as<ListObj>(a[0]); }

void list_print(BufObj* b, Value v, PrintKind) {
  auto* l = as<ListObj>(v);
  buf_char(b, '[');
  for (size_t i = 0; i < l->n; i++) {
    if (i) buf_cstr(b, ", ");
    py_print_helper(b, l->items[i], kPrintRepr);
  }
  buf_char(b, ']');
}

Value list_concat(const ListObj* a, const ListObj* b) {
  ListObj* r = py_new_list(a->n + b->n);
  if (a->n) std::memcpy(static_cast<void*>(r->items), a->items, a->n * sizeof(Value));
  if (b->n) std::memcpy(static_cast<void*>(r->items + a->n), b->items, b->n * sizeof(Value));
  return val(r);
}

Value list_repeat(const ListObj* a, int64_t count) {
  if (count < 0 || a->n == 0) count = 0;
  if (count > 0x7ffffff / static_cast<int64_t>(a->n ? a->n : 1)) nlr_jump(vm.memory_error);
  ListObj* r = py_new_list(a->n * static_cast<size_t>(count));
  for (size_t i = 0; i < r->n; i++) r->items[i] = a->items[i % a->n];
  return val(r);
}

Value compare(BinaryOp op, ListObj* a, ListObj* b) {
  if (op == kEq || op == kNe) {
    bool equal = a->n == b->n;
    if (vm.depth++ > vm.depth_limit) {
      py_raise(&exc_RecursionError, "maximum recursion depth exceeded in comparison");
    }
    for (size_t i = 0; equal && i < a->n && i < b->n; i++)
      equal = py_equal(a->items[i], b->items[i]);
    vm.depth--;
    return py_bool(equal == (op == kEq));
  }
  size_t i = 0;
  while (i < a->n && i < b->n && py_equal(a->items[i], b->items[i])) i++;
  if (i < a->n && i < b->n) return py_binary_op(op, a->items[i], b->items[i]);
  return py_binary_op(op, small_int(static_cast<intptr_t>(a->n)),
                      small_int(static_cast<intptr_t>(b->n)));
}

Value list_binary(BinaryOp op, Value a, Value b, bool reflected) {
  if (op == kMul && py_is_int(b)) return list_repeat(as<ListObj>(a), py_index(b));
  if (type_of(b) != &type_list) {
    if (op == kAdd && !reflected && !(type_of(b)->flags & kTypeUser)) {
      py_raise(&exc_TypeError, "can only concatenate list (not \"%N\") to list", b);
    }
    return nullptr;
  }
  if (reflected) {
    Value t = a;
    a = b;
    b = t;
  }
  if (op == kAdd) return list_concat(as<ListObj>(a), as<ListObj>(b));
  return op >= kLt ? compare(op, as<ListObj>(a), as<ListObj>(b)) : nullptr;
}

Value list_inplace(BinaryOp op, Value a, Value b) {
  if (op == kAdd) {
    list_extend(as<ListObj>(a), b);
    return a;
  }
  if (op == kMul && py_is_int(b)) {
    auto* l = as<ListObj>(a);
    auto* r = as<ListObj>(list_repeat(l, py_index(b)));
    Value* items = l->items;
    size_t capacity = l->capacity;
    l->items = r->items;
    l->n = r->n;
    l->capacity = r->capacity;
    r->items = items;
    r->capacity = capacity;
    r->n = 0;
    return a;
  }
  return nullptr;
}

// Replaces items[from, from+count) by `with`.
void splice(ListObj* l, size_t from, size_t count, const Value* with, size_t n) {
  reserve(l, l->n - count + n);
  if (l->n > from + count) {
    std::memmove(static_cast<void*>(l->items + from + n), l->items + from + count,
                 (l->n - from - count) * sizeof(Value));
  }
  if (n) std::memcpy(static_cast<void*>(l->items + from), with, n * sizeof(Value));
  l->n = l->n - count + n;
}

Value slice_load(ListObj* l, const SliceRange& r) {
  ListObj* out = py_new_list(static_cast<size_t>(r.count));
  for (int64_t i = 0, k = r.start; i < r.count; i++, k += r.step) out->items[i] = l->items[k];
  return val(out);
}

void slice_delete(ListObj* l, SliceRange r) {
  if (r.count == 0) return;
  if (r.step < 0) {
    r.start += (r.count - 1) * r.step;
    r.step = -r.step;
  }
  size_t out = static_cast<size_t>(r.start);
  int64_t removed = 0;
  for (auto i = static_cast<size_t>(r.start); i < l->n; i++) {
    if (removed < r.count && static_cast<int64_t>(i) == r.start + removed * r.step) {
      removed++;
    } else {
      l->items[out++] = l->items[i];
    }
  }
  l->n = out;
}

void slice_store(ListObj* l, Value index, Value value) {
  ListObj* items = py_list_from(value);
  SliceRange r = py_slice_range(index, static_cast<int64_t>(l->n));
  if (r.step == 1) {
    return splice(l, static_cast<size_t>(r.start), static_cast<size_t>(r.count), items->items,
                  items->n);
  }
  if (static_cast<int64_t>(items->n) != r.count) {
    py_raise(&exc_ValueError, "attempt to assign sequence of size %d to extended slice of size %d",
             static_cast<int>(items->n), static_cast<int>(r.count));
  }
  for (int64_t i = 0, k = r.start; i < r.count; i++, k += r.step) l->items[k] = items->items[i];
}

Value list_subscr(Value v, Value index, Value value, SubscrKind kind) {
  auto* l = as<ListObj>(v);
  auto n = static_cast<int64_t>(l->n);
  if (type_of(index) == &type_slice) {
    if (kind == SubscrKind::kStore) {
      slice_store(l, index, value);
      return v;
    }
    SliceRange r = py_slice_range(index, n);
    if (kind == SubscrKind::kLoad) return slice_load(l, r);
    slice_delete(l, r);
    return v;
  }
  int64_t i = py_sequence_index(index, n, kind == SubscrKind::kLoad ? "list" : "=");
  if (kind == SubscrKind::kLoad) return l->items[i];
  if (kind == SubscrKind::kStore) {
    l->items[i] = value;
  } else {
    splice(l, static_cast<size_t>(i), 1, nullptr, 0);
  }
  return v;
}

Value list_contains(Value v, Value item) {
  auto* l = as<ListObj>(v);
  for (size_t i = 0; i < l->n; i++) {
    if (py_equal(l->items[i], item)) return py_true;
  }
  return py_false;
}

Value list_make_new(Type*, size_t n_args, size_t n_kw, const Value* args) {
  if (n_kw) py_raise(&exc_TypeError, "list() takes no keyword arguments");
  if (n_args > 1)
    py_raise(&exc_TypeError, "list expected at most 1 argument, got %d", static_cast<int>(n_args));
  return val(n_args ? py_list_from(args[0]) : py_new_list(0));
}

Value m_append(size_t, size_t, const Value* a) {
  list_append(self(a), a[1]);
  return py_none;
}
Value m_extend(size_t, size_t, const Value* a) {
  list_extend(self(a), a[1]);
  return py_none;
}
Value m_pop(size_t n, size_t, const Value* a) {
  ListObj* l = self(a);
  if (l->n == 0) py_raise(&exc_IndexError, "pop from empty list");
  int64_t i = n > 1 ? py_index(a[1]) : -1;
  auto size = static_cast<int64_t>(l->n);
  if (i < 0) i += size;
  if (i < 0 || i >= size) py_raise(&exc_IndexError, "pop index out of range");
  Value v = l->items[i];
  splice(l, static_cast<size_t>(i), 1, nullptr, 0);
  return v;
}
Value m_insert(size_t, size_t, const Value* a) {
  ListObj* l = self(a);
  auto size = static_cast<int64_t>(l->n);
  int64_t i = py_index(a[1]);
  if (i < 0) i = i < -size ? 0 : i + size;
  if (i > size) i = size;
  splice(l, static_cast<size_t>(i), 0, a + 2, 1);
  return py_none;
}
Value m_remove(size_t, size_t, const Value* a) {
  ListObj* l = self(a);
  for (size_t i = 0; i < l->n; i++) {
    if (py_equal(l->items[i], a[1])) {
      splice(l, i, 1, nullptr, 0);
      return py_none;
    }
  }
  py_raise(&exc_ValueError, "list.remove(x): x not in list");
}
Value m_clear(size_t, size_t, const Value* a) {
  self(a)->n = 0;
  return py_none;
}
Value m_copy(size_t, size_t, const Value* a) { return val(py_list_from(a[0])); }
Value m_reverse(size_t, size_t, const Value* a) {
  ListObj* l = self(a);
  for (size_t i = 0; i < l->n / 2; i++) {
    Value v = l->items[i];
    l->items[i] = l->items[l->n - 1 - i];
    l->items[l->n - 1 - i] = v;
  }
  return py_none;
}
Value m_index(size_t n, size_t, const Value* a) {
  ListObj* l = self(a);
  auto size = static_cast<int64_t>(l->n);
  int64_t from = n > 2 ? py_index(a[2]) : 0, to = n > 3 ? py_index(a[3]) : size;
  if (from < 0) from = from < -size ? 0 : from + size;
  if (to < 0) to += size;
  for (int64_t i = from; i < to && i < static_cast<int64_t>(l->n); i++) {
    if (py_equal(l->items[i], a[1])) return int_from_i64(i);
  }
  py_raise(&exc_ValueError, "%R is not in list", a[1]);
}
Value m_count(size_t, size_t, const Value* a) {
  intptr_t count = 0;
  for (size_t i = 0; i < self(a)->n; i++) count += py_equal(self(a)->items[i], a[1]);
  return small_int(count);
}
Value m_sort(size_t n, size_t n_kw, const Value* a) {
  StrObj* allowed[] = {py_names.key, py_names.reverse, nullptr};
  py_kw_check("sort", n, n_kw, a, allowed);
  Value key = py_kw_get(n, n_kw, a, py_names.key);
  Value reverse = py_kw_get(n, n_kw, a, py_names.reverse);
  py_sort(self(a), key ? key : py_none, reverse && py_is_true(reverse));
  return py_none;
}
}  // namespace

void list_append(ListObj* l, Value v) {
  reserve(l, l->n + 1);
  l->items[l->n++] = v;
}

void list_extend(ListObj* l, Value iterable) {
  Type* t = type_of(iterable);
  if (t == &type_list || t == &type_tuple) {
    size_t n = t == &type_list ? as<ListObj>(iterable)->n : as<TupleObj>(iterable)->n;
    reserve(l, l->n + n);
    const Value* items =
        t == &type_list ? as<ListObj>(iterable)->items : as<TupleObj>(iterable)->items;
    if (n) std::memmove(static_cast<void*>(l->items + l->n), items, n * sizeof(Value));
    l->n += n;
    return;
  }
  IterScope s = py_iter_begin(iterable);
  while (Value v = py_iter_step(s)) list_append(l, v);
}

ListObj* py_list_from(Value iterable) {
  ListObj* l = py_new_list(0);
  list_extend(l, iterable);
  return l;
}

void py_init_list() {
  Type* t = &type_list;
  py_type_setup(t, "list", &type_object);
  t->flags |= kTypeUnhashable;
  t->make_new = list_make_new;
  t->print = list_print;
  t->binary_op = list_binary;
  t->inplace_op = list_inplace;
  t->subscr = list_subscr;
  t->contains = list_contains;
  t->getiter = py_sequence_iter;
  t->len = [](Value v) { return static_cast<int64_t>(as<ListObj>(v)->n); };
  t->trace = [](Obj* o) {
    auto* l = reinterpret_cast<ListObj*>(o);
    for (size_t i = 0; i < l->n; i++) gc_mark(l->items[i]);
  };
  t->finalize = [](Obj* o) {
    auto* l = reinterpret_cast<ListObj*>(o);
    gc_buf_free(l->items, l->capacity * sizeof(Value));
  };
  py_type_method(t, "append", m_append, 2, 2);
  py_type_method(t, "extend", m_extend, 2, 2);
  py_type_method(t, "pop", m_pop, 1, 2);
  py_type_method(t, "insert", m_insert, 3, 3);
  py_type_method(t, "remove", m_remove, 2, 2);
  py_type_method(t, "clear", m_clear, 1, 1);
  py_type_method(t, "copy", m_copy, 1, 1);
  py_type_method(t, "reverse", m_reverse, 1, 1);
  py_type_method(t, "index", m_index, 2, 4);
  py_type_method(t, "count", m_count, 2, 2);
  py_type_method(t, "sort", m_sort, 1, 1, true);
}
