// The operators: dispatch through the type slots, with the reflected operation as the second try.
#include "vm/runtime.h"

namespace {
const char* const kBinaryNames[kBinaryOpCount] = {"+",  "-",  "*",  "/",  "//", "%", "** or pow()",
                                                  "<<", ">>", "&",  "|",  "^",  "@", "divmod()",
                                                  "<",  "<=", "==", "!=", ">",  ">="};

[[noreturn]] void unsupported(BinaryOp op, Value a, Value b, bool inplace) {
  const char* name = kBinaryNames[op];
  if (op >= kLt) {
    py_raise(&exc_TypeError, "'%s' not supported between instances of '%N' and '%N'", name, a, b);
  }
  auto sequence = [](Value v) {
    Type* t = type_of(v);
    return t == &type_str || t == &type_list || t == &type_tuple;
  };
  if (op == kMul && (sequence(a) || sequence(b))) {
    py_raise(&exc_TypeError, "can't multiply sequence by non-int of type '%N'",
             sequence(a) ? b : a);
  }
  if (inplace) {
    if (op == kPow) name = "**";
    py_raise(&exc_TypeError, "unsupported operand type(s) for %s=: '%N' and '%N'", name, a, b);
  }
  py_raise(&exc_TypeError, "unsupported operand type(s) for %s: '%N' and '%N'", name, a, b);
}

}  // namespace

PY_NOINLINE Value py_binary_dispatch(BinaryOp op, Value a, Value b, bool inplace) {
  Type* ta = type_of(a);
  Type* tb = type_of(b);
  if (inplace && ta->inplace_op) {
    Value r = py_is_instance(ta) ? py_instance_inplace(op, a, b) : ta->inplace_op(op, a, b);
    if (r) return r;
  }
  bool reflected_done = false;
  if (ta != tb && (tb->flags & kTypeUser) && tb->binary_op && py_is_subtype(tb, ta)) {
    if (Value r = py_instance_binary(op, b, a, true)) return r;
    reflected_done = true;
  }
  if (py_is_instance(ta)) {
    if (Value r = py_instance_binary(op, a, b, false)) return r;
  } else if (ta->binary_op) {
    if (Value r = ta->binary_op(op, a, b, false)) return r;
  }
  if (!reflected_done && (ta != tb || op >= kLt)) {
    if (py_is_instance(tb)) {
      if (Value r = py_instance_binary(op, b, a, true)) return r;
    } else if (tb->binary_op) {
      if (Value r = tb->binary_op(op, b, a, true)) return r;
    }
  }
  if (op == kEq) return py_bool(a == b);
  if (op == kNe) return py_bool(a != b);
  return nullptr;
}

PY_NOINLINE Value py_binary_op(BinaryOp op, Value a, Value b) {
  if (is_small(a) && is_small(b)) return int_binary_op(op, a, b, false);
  Value r = py_binary_dispatch(op, a, b, false);
  if (!r) unsupported(op, a, b, false);
  return r;
}

PY_NOINLINE Value py_inplace_op(BinaryOp op, Value a, Value b) {
  if (is_small(a) && is_small(b)) return int_binary_op(op, a, b, false);
  Value r = py_binary_dispatch(op, a, b, true);
  if (!r) unsupported(op, a, b, true);
  return r;
}

PY_NOINLINE Value py_unary_op(UnaryOp op, Value v) {
  Type* t = type_of(v);
  if (py_is_instance(t)) {
    if (Value r = py_instance_unary(op, v)) return r;
  } else if (t->unary_op) {
    if (Value r = t->unary_op(op, v)) return r;
  }
  static const char* const names[] = {"unary -: '%N'", "unary +: '%N'", "unary ~: '%N'",
                                      "abs(): '%N'"};
  StrObj* what = py_str_format(names[op], v);
  py_raise(&exc_TypeError, "bad operand type for %S", what);
}

bool py_equal(Value a, Value b) {
  if (a == b) return true;
  if (is_small(a) && is_small(b)) return false;
  if (type_of(a) == &type_str && type_of(b) == &type_str) return str_equal(to_str(a), to_str(b));
  return py_is_true(py_binary_op(kEq, a, b));
}

bool py_less(Value a, Value b) { return py_is_true(py_binary_op(kLt, a, b)); }

PY_NOINLINE int64_t py_hash(Value v) {
  Type* t = type_of(v);
  if ((t->flags & kTypeUnhashable) || !t->hash) {
    py_raise(&exc_TypeError, "unhashable type: '%N'", v);
  }
  return py_is_instance(t) ? py_instance_hash(v) : t->hash(v);
}

PY_NOINLINE bool py_is_true(Value v) {
  if (v == py_true) return true;
  if (v == py_false || v == py_none) return false;
  if (is_small(v)) return small_value(v) != 0;
  Type* t = v->type;
  if (py_is_instance(t)) return py_instance_truth(v);
  if (t->truth) return t->truth(v);
  if (t->len) return t->len(v) != 0;
  return true;
}

PY_NOINLINE int64_t py_len(Value v) {
  Type* t = type_of(v);
  int64_t n = py_is_instance(t) ? py_instance_len(v) : t->len ? t->len(v) : -1;
  if (n < 0) py_raise(&exc_TypeError, "object of type '%N' has no len()", v);
  return n;
}

PY_NOINLINE bool py_contains(Value container, Value item) {
  Type* t = type_of(container);
  if (py_is_instance(t)) {
    if (Value r = py_instance_contains(container, item)) return py_is_true(r);
  } else if (t->contains) {
    if (Value r = t->contains(container, item)) return py_is_true(r);
  }
  if (!t->getiter && !(t->flags & kTypeUser)) {
    py_raise(&exc_TypeError, "argument of type '%N' is not iterable", container);
  }
  IterScope s = py_iter_begin(container);
  while (Value v = py_iter_step(s)) {
    if (py_equal(v, item)) return true;
  }
  return false;
}

PY_NOINLINE Value py_subscr(Value v, Value index) {
  Type* t = type_of(v);
  if (py_is_instance(t)) {
    if (Value r = py_instance_subscr(v, index, nullptr, SubscrKind::kLoad)) return r;
  } else if (t->subscr) {
    if (Value r = t->subscr(v, index, nullptr, SubscrKind::kLoad)) return r;
  }
  if (py_is_type(v)) {
    py_raise(&exc_TypeError, "type '%T' is not subscriptable", as<Type>(v));
  }
  py_raise(&exc_TypeError, "'%N' object is not subscriptable", v);
}

void py_subscr_store(Value v, Value index, Value value) {
  Type* t = type_of(v);
  bool done = py_is_instance(t) ? py_instance_subscr(v, index, value, SubscrKind::kStore) != nullptr
                                : t->subscr && t->subscr(v, index, value, SubscrKind::kStore);
  if (done) return;
  py_raise(&exc_TypeError, "'%N' object does not support item assignment", v);
}

void py_subscr_delete(Value v, Value index) {
  Type* t = type_of(v);
  bool done = py_is_instance(t)
                  ? py_instance_subscr(v, index, nullptr, SubscrKind::kDelete) != nullptr
                  : t->subscr && t->subscr(v, index, nullptr, SubscrKind::kDelete);
  if (done) return;
  bool sequence = t == &type_str || t == &type_tuple || t == &type_range;
  py_raise(&exc_TypeError, "'%N' object %s item deletion", v,
           sequence ? "doesn't support" : "does not support");
}

bool py_is_int(Value v) {
  return is_small(v) || type_of(v) == &type_int || type_of(v) == &type_bool;
}

int64_t py_index(Value v) {
  if (is_small(v)) return small_value(v);
  if (!py_is_int(v)) {
    Value method = type_of(v)->flags & kTypeUser ? py_lookup_special(v, py_names.index) : nullptr;
    if (!method) py_raise(&exc_TypeError, "'%N' object cannot be interpreted as an integer", v);
    v = py_call_0(method);
    if (!py_is_int(v)) {
      py_raise(&exc_TypeError, "__index__ returned non-int (type %N)", v);
    }
  }
  int64_t n;
  if (int_to_i64(v, &n)) return n;
  return int_sign(v) < 0 ? INT64_MIN : INT64_MAX;
}

int64_t py_sequence_index(Value index, int64_t n, const char* what) {
  bool ok = py_is_int(index) ||
            ((type_of(index)->flags & kTypeUser) && py_type_lookup(type_of(index), py_names.index));
  if (!ok) {
    bool assignment = what[0] == '=';
    const char* kind = assignment ? "list" : what;
    if (type_of(index) != &type_slice && kind == what && what[0] == 's') {
      py_raise(&exc_TypeError, "string indices must be integers, not '%N'", index);
    }
    py_raise(&exc_TypeError, "%s indices must be integers or slices, not %N", kind, index);
  }
  int64_t i = py_index(index);
  if (i < 0) i += n;
  if (i < 0 || i >= n) {
    if (what[0] == '=') py_raise(&exc_IndexError, "list assignment index out of range");
    if (what[0] == 'r') py_raise(&exc_IndexError, "range object index out of range");
    py_raise(&exc_IndexError, "%s index out of range", what);
  }
  return i;
}

SliceRange py_slice_range(Value slice, int64_t n) {
  auto* s = as<SliceObj>(slice);
  SliceRange r;
  r.step = s->step == py_none ? 1 : py_index(s->step);
  if (r.step == 0) py_raise(&exc_ValueError, "slice step cannot be zero");
  if (r.step == INT64_MIN) r.step = -INT64_MAX;
  auto clamp = [&](Value v, int64_t fallback) {
    if (v == py_none) return fallback;
    int64_t i = py_index(v);
    if (i < 0) {
      i = i < -n ? -1 : i + n;
      if (i < 0) return r.step < 0 ? int64_t{-1} : int64_t{0};
    }
    if (i >= n) return r.step < 0 ? n - 1 : n;
    return i;
  };
  r.start = clamp(s->start, r.step < 0 ? n - 1 : 0);
  r.stop = clamp(s->stop, r.step < 0 ? -1 : n);
  if (r.step > 0) {
    r.count = r.start < r.stop ? (r.stop - r.start - 1) / r.step + 1 : 0;
  } else {
    r.count = r.stop < r.start ? (r.start - r.stop - 1) / -r.step + 1 : 0;
  }
  return r;
}
