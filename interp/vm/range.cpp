// range, over integers of any size.
#include "vm/runtime.h"

namespace {
Value op(BinaryOp o, Value a, Value b) { return int_binary_op(o, a, b, false); }

Value step_small(IterObj* it) {  // i, n: next value and remaining count; b: the step
  if (it->n <= 0) return nullptr;
  it->n--;
  Value v = int_from_i64(it->i);
  it->i += small_value(it->b);
  return v;
}

Value step_any(IterObj* it) {  // a: the range, b: the position
  auto* r = as<RangeObj>(it->a);
  if (int_compare(it->b, r->length) >= 0) return nullptr;
  Value v = op(kAdd, r->start, op(kMul, it->b, r->step));
  it->b = op(kAdd, it->b, small_int(1));
  return v;
}

Value iterate(Value start, Value step, Value length, Value range) {
  int64_t from, n, by;
  bool small = is_small(step) && int_to_i64(start, &from) && int_to_i64(length, &n);
  int64_t last;
  if (small) by = small_value(step);
  small =
      small && !__builtin_mul_overflow(n, by, &last) && !__builtin_add_overflow(from, last, &last);
  IterObj* it =
      py_new_iter(&type_iter, small ? step_small : step_any, range, small ? step : small_int(0));
  if (small) {
    it->i = from;
    it->n = n;
  }
  return val(it);
}

Value range_getiter(Value v) {
  auto* r = as<RangeObj>(v);
  return iterate(r->start, r->step, r->length, v);
}

Value need_int(Value v) {
  if (is_small(v)) return v;
  if (type_of(v) == &type_int) return v;
  return int_from_i64(py_index(v));
}

Value range_make_new(Type*, size_t n, size_t n_kw, const Value* a) {
  if (n_kw) py_raise(&exc_TypeError, "range() takes no keyword arguments");
  if (n == 0) py_raise(&exc_TypeError, "range expected at least 1 argument, got 0");
  if (n > 3)
    py_raise(&exc_TypeError, "range expected at most 3 arguments, got %d", static_cast<int>(n));
  Value start = n > 1 ? need_int(a[0]) : small_int(0);
  Value stop = need_int(n > 1 ? a[1] : a[0]);
  Value step = n > 2 ? need_int(a[2]) : small_int(1);
  return py_new_range(start, stop, step);
}

void range_print(BufObj* b, Value v, PrintKind) {
  auto* r = as<RangeObj>(v);
  buf_cstr(b, "range(");
  int_print(b, r->start, 10);
  buf_cstr(b, ", ");
  int_print(b, r->stop, 10);
  if (r->step != small_int(1)) {
    buf_cstr(b, ", ");
    int_print(b, r->step, 10);
  }
  buf_char(b, ')');
}

int64_t range_len(Value v) {
  int64_t n;
  if (!int_to_i64(as<RangeObj>(v)->length, &n)) {
    py_raise(&exc_OverflowError, "Python int too large to convert to C ssize_t");
  }
  return n;
}

Value range_subscr(Value v, Value index, Value, SubscrKind kind) {
  if (kind != SubscrKind::kLoad) return nullptr;
  auto* r = as<RangeObj>(v);
  if (py_is_int(index)) {  // of any size
    Value i = need_int(py_unary_op(kPos, index));
    if (int_sign(i) < 0) i = op(kAdd, i, r->length);
    if (int_sign(i) < 0 || int_compare(i, r->length) >= 0) {
      py_raise(&exc_IndexError, "range object index out of range");
    }
    return op(kAdd, r->start, op(kMul, i, r->step));
  }
  int64_t n = range_len(v);
  if (type_of(index) == &type_slice) {
    SliceRange s = py_slice_range(index, n);
    auto at = [&](int64_t i) { return op(kAdd, r->start, op(kMul, int_from_i64(i), r->step)); };
    return py_new_range(at(s.start), at(s.stop), op(kMul, r->step, int_from_i64(s.step)));
  }
  int64_t i = py_sequence_index(index, n, "range");
  return op(kAdd, r->start, op(kMul, int_from_i64(i), r->step));
}

// The position of an integer in the range, or null.
Value position(RangeObj* r, Value v) {
  Value offset = op(kSub, v, r->start);
  Value quotient, rest;
  quotient = op(kFloorDiv, offset, r->step);
  rest = op(kMod, offset, r->step);
  if (int_sign(rest) != 0 || int_sign(quotient) < 0 || int_compare(quotient, r->length) >= 0) {
    return nullptr;
  }
  return quotient;
}

Value range_contains(Value v, Value item) {
  return py_is_int(item) ? py_bool(position(as<RangeObj>(v), item) != nullptr) : nullptr;
}

Value range_binary(BinaryOp o, Value a, Value b, bool) {
  if ((o != kEq && o != kNe) || type_of(b) != &type_range) return nullptr;
  auto *x = as<RangeObj>(a), *y = as<RangeObj>(b);
  bool equal = int_compare(x->length, y->length) == 0;
  if (equal && int_sign(x->length) > 0) {
    equal = int_compare(x->start, y->start) == 0 &&
            (x->length == small_int(1) || int_compare(x->step, y->step) == 0);
  }
  return py_bool(equal == (o == kEq));
}

int64_t range_hash(Value v) {
  auto* r = as<RangeObj>(v);
  return int_hash(r->length) * 31 + (int_sign(r->length) ? int_hash(r->start) : 0);
}

Value range_attr(Value v, StrObj* name) {
  auto* r = as<RangeObj>(v);
  if (str_equal(name, py_names.start)) return r->start;
  if (str_equal(name, py_names.stop)) return r->stop;
  if (str_equal(name, py_names.step)) return r->step;
  return py_generic_attr(v, name);
}

Value m_reversed(size_t, size_t, const Value* a) {
  auto* r = as<RangeObj>(a[0]);
  Value last = op(kAdd, r->start, op(kMul, op(kSub, r->length, small_int(1)), r->step));
  Value step = op(kSub, small_int(0), r->step);
  Value reversed = py_new_range(last, op(kSub, r->start, r->step), step);
  as<RangeObj>(reversed)->length = r->length;
  return iterate(last, step, r->length, reversed);
}
Value m_index(size_t, size_t, const Value* a) {
  Value v = py_is_int(a[1]) ? position(as<RangeObj>(a[0]), a[1]) : nullptr;
  if (!v) py_raise(&exc_ValueError, "%R is not in range", a[1]);
  return v;
}
Value m_count(size_t, size_t, const Value* a) {
  return small_int(py_is_int(a[1]) && position(as<RangeObj>(a[0]), a[1]) ? 1 : 0);
}
}  // namespace

Value py_new_range(Value start, Value stop, Value step) {
  if (int_sign(step) == 0) py_raise(&exc_ValueError, "range() arg 3 must not be zero");
  auto* r = gc_new<RangeObj>(&type_range);
  r->start = start;
  r->stop = stop;
  r->step = step;
  // ceil((stop - start) / step), at least 0
  Value n = op(kSub, small_int(0), op(kFloorDiv, op(kSub, start, stop), step));
  r->length = int_sign(n) < 0 ? small_int(0) : n;
  return val(r);
}

void py_init_range() {
  Type* t = &type_range;
  py_type_setup(t, "range", &type_object);
  t->make_new = range_make_new;
  t->print = range_print;
  t->len = range_len;
  t->subscr = range_subscr;
  t->contains = range_contains;
  t->binary_op = range_binary;
  t->hash = range_hash;
  t->attr = range_attr;
  t->getiter = range_getiter;
  t->truth = [](Value v) { return int_sign(as<RangeObj>(v)->length) != 0; };
  t->trace = [](Obj* o) {
    auto* r = reinterpret_cast<RangeObj*>(o);
    gc_mark(r->start);
    gc_mark(r->stop);
    gc_mark(r->step);
    gc_mark(r->length);
  };
  py_type_method(t, "__reversed__", m_reversed, 1, 1);
  py_type_method(t, "index", m_index, 2, 2);
  py_type_method(t, "count", m_count, 2, 2);
}
