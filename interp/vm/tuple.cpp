// tuple and slice.
#include <cstring>

#include "vm/runtime.h"

TupleObj* py_new_tuple(size_t n, const Value* items) {
  auto* t = gc_new<TupleObj>(&type_tuple, n * sizeof(Value));
  t->n = n;
  if (items && n) std::memcpy(static_cast<void*>(t->items), items, n * sizeof(Value));
  return t;
}

TupleObj* py_tuple_from(Value iterable) {
  if (type_of(iterable) == &type_tuple) return as<TupleObj>(iterable);
  ListObj* l = py_list_from(iterable);
  return py_new_tuple(l->n, l->items);
}

Value py_new_slice(Value start, Value stop, Value step) {
  auto* s = gc_new<SliceObj>(&type_slice);
  s->start = start;
  s->stop = stop;
  s->step = step;
  return val(s);
}

namespace {
void tuple_print(BufObj* b, Value v, PrintKind) {
  auto* t = as<TupleObj>(v);
  buf_char(b, '(');
  for (size_t i = 0; i < t->n; i++) {
    if (i) buf_cstr(b, ", ");
    py_print_helper(b, t->items[i], kPrintRepr);
  }
  if (t->n == 1) buf_char(b, ',');
  buf_char(b, ')');
}

Value compare(BinaryOp op, TupleObj* a, TupleObj* b) {
  size_t i = 0;
  while (i < a->n && i < b->n && py_equal(a->items[i], b->items[i])) i++;
  if (i < a->n && i < b->n) {
    if (op == kEq || op == kNe) return py_bool(op == kNe);
    return py_binary_op(op, a->items[i], b->items[i]);
  }
  return py_binary_op(op, small_int(static_cast<intptr_t>(a->n)),
                      small_int(static_cast<intptr_t>(b->n)));
}

Value tuple_binary(BinaryOp op, Value a, Value b, bool reflected) {
  auto* t = as<TupleObj>(a);
  if (op == kMul && py_is_int(b)) {
    int64_t count = py_index(b);
    if (count < 0 || t->n == 0) count = 0;
    if (count > 0x7ffffff / static_cast<int64_t>(t->n ? t->n : 1)) nlr_jump(vm.memory_error);
    TupleObj* r = py_new_tuple(t->n * static_cast<size_t>(count), nullptr);
    for (size_t i = 0; i < r->n; i++) r->items[i] = t->items[i % t->n];
    return val(r);
  }
  if (type_of(b) != &type_tuple) {
    if (op == kAdd && !reflected && !(type_of(b)->flags & kTypeUser)) {
      py_raise(&exc_TypeError, "can only concatenate tuple (not \"%N\") to tuple", b);
    }
    return nullptr;
  }
  auto* u = as<TupleObj>(b);
  if (reflected) {
    auto* x = t;
    t = u;
    u = x;
  }
  if (op == kAdd) {
    TupleObj* r = py_new_tuple(t->n + u->n, nullptr);
    for (size_t i = 0; i < t->n; i++) r->items[i] = t->items[i];
    for (size_t i = 0; i < u->n; i++) r->items[t->n + i] = u->items[i];
    return val(r);
  }
  return op >= kLt ? compare(op, t, u) : nullptr;
}

Value tuple_subscr(Value v, Value index, Value, SubscrKind kind) {
  if (kind != SubscrKind::kLoad) return nullptr;
  auto* t = as<TupleObj>(v);
  auto n = static_cast<int64_t>(t->n);
  if (type_of(index) != &type_slice) return t->items[py_sequence_index(index, n, "tuple")];
  SliceRange r = py_slice_range(index, n);
  TupleObj* out = py_new_tuple(static_cast<size_t>(r.count), nullptr);
  for (int64_t i = 0, k = r.start; i < r.count; i++, k += r.step) out->items[i] = t->items[k];
  return val(out);
}

Value tuple_contains(Value v, Value item) {
  auto* t = as<TupleObj>(v);
  for (size_t i = 0; i < t->n; i++) {
    if (py_equal(t->items[i], item)) return py_true;
  }
  return py_false;
}

int64_t tuple_hash(Value v) {
  auto* t = as<TupleObj>(v);
  uint64_t h = 2870177450012600261u;
  for (size_t i = 0; i < t->n; i++) {
    h += static_cast<uint64_t>(py_hash(t->items[i])) * 14029467366897019727u;
    h = (h << 31) | (h >> 33);
    h *= 11400714785074694791u;
  }
  h += t->n ^ (2870177450012600261u ^ 3527539u);
  return static_cast<int64_t>(h);
}

Value tuple_make_new(Type*, size_t n_args, size_t n_kw, const Value* args) {
  if (n_kw) py_raise(&exc_TypeError, "tuple() takes no keyword arguments");
  if (n_args > 1)
    py_raise(&exc_TypeError, "tuple expected at most 1 argument, got %d", static_cast<int>(n_args));
  return val(n_args ? py_tuple_from(args[0]) : py_new_tuple(0, nullptr));
}

Value m_index(size_t n, size_t, const Value* a) {
  auto* t = as<TupleObj>(a[0]);
  auto size = static_cast<int64_t>(t->n);
  int64_t from = n > 2 ? py_index(a[2]) : 0, to = n > 3 ? py_index(a[3]) : size;
  if (from < 0) from = from < -size ? 0 : from + size;
  if (to < 0) to += size;
  for (int64_t i = from; i < to && i < size; i++) {
    if (py_equal(t->items[i], a[1])) return int_from_i64(i);
  }
  py_raise(&exc_ValueError, "tuple.index(x): x not in tuple");
}
Value m_count(size_t, size_t, const Value* a) {
  auto* t = as<TupleObj>(a[0]);
  intptr_t count = 0;
  for (size_t i = 0; i < t->n; i++) count += py_equal(t->items[i], a[1]);
  return small_int(count);
}

void slice_print(BufObj* b, Value v, PrintKind) {
  auto* s = as<SliceObj>(v);
  buf_cstr(b, "slice(");
  py_print_helper(b, s->start, kPrintRepr);
  buf_cstr(b, ", ");
  py_print_helper(b, s->stop, kPrintRepr);
  buf_cstr(b, ", ");
  py_print_helper(b, s->step, kPrintRepr);
  buf_char(b, ')');
}

Value slice_make_new(Type*, size_t n, size_t, const Value* a) {
  if (n == 0 || n > 3)
    py_raise(&exc_TypeError, "slice expected 1 to 3 arguments, got %d", static_cast<int>(n));
  if (n == 1) return py_new_slice(py_none, a[0], py_none);
  return py_new_slice(a[0], a[1], n > 2 ? a[2] : py_none);
}

Value slice_attr(Value v, StrObj* name) {
  auto* s = as<SliceObj>(v);
  if (str_equal(name, py_names.start)) return s->start;
  if (str_equal(name, py_names.stop)) return s->stop;
  if (str_equal(name, py_names.step)) return s->step;
  return py_generic_attr(v, name);
}

Value slice_binary(BinaryOp op, Value a, Value b, bool) {
  if ((op != kEq && op != kNe) || type_of(b) != &type_slice) return nullptr;
  auto *x = as<SliceObj>(a), *y = as<SliceObj>(b);
  bool equal =
      py_equal(x->start, y->start) && py_equal(x->stop, y->stop) && py_equal(x->step, y->step);
  return py_bool(equal == (op == kEq));
}

Value slice_indices(size_t, size_t, const Value* a) {
  SliceRange r = py_slice_range(a[0], py_index(a[1]));
  Value items[3] = {int_from_i64(r.start), int_from_i64(r.stop), int_from_i64(r.step)};
  return val(py_new_tuple(3, items));
}
}  // namespace

void py_init_tuple() {
  Type* t = &type_tuple;
  py_type_setup(t, "tuple", &type_object);
  t->make_new = tuple_make_new;
  t->print = tuple_print;
  t->binary_op = tuple_binary;
  t->subscr = tuple_subscr;
  t->contains = tuple_contains;
  t->hash = tuple_hash;
  t->getiter = py_sequence_iter;
  t->len = [](Value v) { return static_cast<int64_t>(as<TupleObj>(v)->n); };
  t->trace = [](Obj* o) {
    auto* x = reinterpret_cast<TupleObj*>(o);
    for (size_t i = 0; i < x->n; i++) gc_mark(x->items[i]);
  };
  py_type_method(t, "index", m_index, 2, 4);
  py_type_method(t, "count", m_count, 2, 2);
  py_type_setup(&type_slice, "slice", &type_object);
  type_slice.flags |= kTypeUnhashable;
  type_slice.print = slice_print;
  type_slice.make_new = slice_make_new;
  type_slice.attr = slice_attr;
  type_slice.binary_op = slice_binary;
  type_slice.trace = [](Obj* o) {
    auto* s = reinterpret_cast<SliceObj*>(o);
    gc_mark(s->start);
    gc_mark(s->stop);
    gc_mark(s->step);
  };
  py_type_method(&type_slice, "indices", slice_indices, 2, 2);
}
