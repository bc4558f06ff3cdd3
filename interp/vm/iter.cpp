// Native iterators: sequences, enumerate, zip, map, filter, reversed, iter(callable, sentinel).
#include "vm/runtime.h"

IterObj* py_new_iter(Type* type, Value (*step)(IterObj*), Value a, Value b) {
  auto* it = gc_new<IterObj>(type);
  it->step = step;
  it->a = a;
  it->b = b;
  return it;
}

namespace {
Value step_list(IterObj* it) {
  auto* l = as<ListObj>(it->a);
  if (it->i < 0 || it->i >= static_cast<int64_t>(l->n)) {
    it->i = -1;
    return nullptr;
  }
  return l->items[it->i++];
}
Value step_tuple(IterObj* it) {
  auto* t = as<TupleObj>(it->a);
  return it->i < static_cast<int64_t>(t->n) ? t->items[it->i++] : nullptr;
}
Value step_str(IterObj* it) {  // i: byte position
  StrObj* s = to_str(it->a);
  if (it->i >= s->bytes) return nullptr;
  const char* p = s->data + it->i;
  uint32_t c = utf8_decode(p);
  it->i = p - s->data;
  return py_str_from_code(c);
}

struct Call {
  Value fun, arg, result;
};
void call_body(void* context) {
  auto* c = static_cast<Call*>(context);
  c->result = c->arg ? py_subscr(c->fun, c->arg) : py_call_0(c->fun);
}
Value step_getitem(IterObj* it) {
  if (it->i < 0) return nullptr;
  Call c = {it->a, int_from_i64(it->i++), nullptr};
  Value e = py_try(call_body, &c);
  if (!e) return c.result;
  it->i = -1;
  if (py_exc_matches(e, type_value(&exc_IndexError)) ||
      py_exc_matches(e, type_value(&exc_StopIteration))) {
    return nullptr;
  }
  nlr_jump(e);
}
Value step_callable(IterObj* it) {
  if (!it->a) return nullptr;
  Call c = {it->a, nullptr, nullptr};
  Value e = py_try(call_body, &c);
  if (e && !py_exc_matches(e, type_value(&exc_StopIteration))) nlr_jump(e);
  if (!e && !py_equal(c.result, it->b)) return c.result;
  it->a = nullptr;
  return nullptr;
}
Value step_enumerate(IterObj* it) {  // a: source, b: the counter
  Value v = py_iternext(it->a);
  if (!v) return nullptr;
  Value pair[2] = {it->b, v};
  Value r = val(py_new_tuple(2, pair));
  it->b = int_binary_op(kAdd, it->b, small_int(1), false);
  return r;
}
Value step_zip(IterObj* it) {  // a: tuple of sources; n: strict
  auto* sources = as<TupleObj>(it->a);
  if (sources->n == 0) return nullptr;
  TupleObj* out = py_new_tuple(sources->n, nullptr);
  for (size_t i = 0; i < sources->n; i++) {
    Value v = py_iternext(sources->items[i]);
    if (v) {
      out->items[i] = v;
      continue;
    }
    if (it->n == 0) return nullptr;
    auto name = [](size_t k) { return k == 1 ? "argument" : "arguments"; };
    if (i > 0) {
      py_raise(&exc_ValueError,
               i == 1 ? "zip() argument %d is shorter than %s 1"
                      : "zip() argument %d is shorter than %s 1-%d",
               static_cast<int>(i + 1), name(i), static_cast<int>(i));
    }
    for (size_t k = 1; k < sources->n; k++) {
      if (py_iternext(sources->items[k])) {
        py_raise(&exc_ValueError,
                 k == 1 ? "zip() argument %d is longer than %s 1"
                        : "zip() argument %d is longer than %s 1-%d",
                 static_cast<int>(k + 1), name(k), static_cast<int>(k));
      }
    }
    return nullptr;
  }
  return val(out);
}
Value step_map(IterObj* it) {  // a: tuple of sources, b: the function
  auto* sources = as<TupleObj>(it->a);
  TupleObj* args = py_new_tuple(sources->n, nullptr);
  for (size_t i = 0; i < sources->n; i++) {
    Value v = py_iternext(sources->items[i]);
    if (!v) return nullptr;
    args->items[i] = v;
  }
  return py_call_function_n_kw(it->b, args->n, 0, args->items);
}
Value step_filter(IterObj* it) {
  size_t pool = gc_pool_top();
  for (;;) {
    Value v = py_iternext(it->a);
    if (!v) return nullptr;
    gc_pool_reset(pool);
    if (!is_small(v)) gc_pool_push(v);
    if (py_is_true(it->b == py_none ? v : py_call_1(it->b, v))) return v;
  }
}
Value step_reversed(IterObj* it) {
  if (it->i < 0) return nullptr;
  Value index = int_from_i64(it->i--);
  if (type_of(it->a) == &type_list &&
      small_value(index) >= static_cast<intptr_t>(as<ListObj>(it->a)->n)) {
    it->i = -1;
    return nullptr;
  }
  return py_subscr(it->a, index);
}

}  // namespace

// The iternext slot of the native iterators.
PY_NOINLINE Value py_native_iternext(Value v) { return as<IterObj>(v)->step(as<IterObj>(v)); }

namespace {
Value iter_self(Value v) { return v; }

Value enumerate_new(Type* t, size_t n, size_t n_kw, const Value* a) {
  StrObj* allowed[] = {py_names.start, nullptr};
  py_kw_check("enumerate", n, n_kw, a, allowed);
  if (n == 0 || n > 2)
    py_raise(&exc_TypeError, "enumerate() missing required argument 'iterable' (pos 1)");
  Value start = n > 1 ? a[1] : py_kw_get(n, n_kw, a, py_names.start);
  if (start && !py_is_int(start)) start = int_from_i64(py_index(start));
  return val(py_new_iter(t, step_enumerate, py_getiter(a[0]), start ? start : small_int(0)));
}

Value sources(size_t n, const Value* a) {
  TupleObj* t = py_new_tuple(n, nullptr);
  for (size_t i = 0; i < n; i++) t->items[i] = py_getiter(a[i]);
  return val(t);
}

Value zip_new(Type* t, size_t n, size_t n_kw, const Value* a) {
  StrObj* allowed[] = {py_names.strict, nullptr};
  py_kw_check("zip", n, n_kw, a, allowed);
  Value strict = py_kw_get(n, n_kw, a, py_names.strict);
  for (size_t i = 0; i < n; i++) {
    Type* s = type_of(a[i]);
    if (!s->getiter && !(s->flags & kTypeUser)) {
      py_raise(&exc_TypeError, "'%N' object is not iterable", a[i]);
    }
  }
  IterObj* it = py_new_iter(t, step_zip, sources(n, a), py_none);
  it->n = strict && py_is_true(strict);
  return val(it);
}
Value map_new(Type* t, size_t n, size_t n_kw, const Value* a) {
  if (n_kw) py_raise(&exc_TypeError, "map() takes no keyword arguments");
  if (n < 2) py_raise(&exc_TypeError, "map() must have at least two arguments.");
  return val(py_new_iter(t, step_map, sources(n - 1, a + 1), a[0]));
}
Value filter_new(Type* t, size_t n, size_t n_kw, const Value* a) {
  if (n_kw) py_raise(&exc_TypeError, "filter() takes no keyword arguments");
  if (n != 2) py_raise(&exc_TypeError, "filter expected 2 arguments, got %d", static_cast<int>(n));
  return val(py_new_iter(t, step_filter, py_getiter(a[1]), a[0]));
}
Value reversed_new(Type* t, size_t n, size_t, const Value* a) {
  if (n != 1) py_raise(&exc_TypeError, "reversed expected 1 argument, got %d", static_cast<int>(n));
  Value method = py_lookup_special(a[0], py_names.reversed);
  if (method) return py_call_0(method);
  Type* s = type_of(a[0]);
  bool sequence = s == &type_list || s == &type_tuple || s == &type_str ||
                  ((s->flags & kTypeUser) && py_type_lookup(s, py_names.getitem));
  if (!sequence) py_raise(&exc_TypeError, "'%N' object is not reversible", a[0]);
  IterObj* it = py_new_iter(t, step_reversed, a[0], py_none);
  it->i = py_len(a[0]) - 1;
  return val(it);
}
}  // namespace

Value py_sequence_iter(Value v) {
  Type* t = type_of(v);
  auto* step = t == &type_list    ? step_list
               : t == &type_tuple ? step_tuple
               : t == &type_str   ? step_str
                                  : step_getitem;
  return val(py_new_iter(&type_iter, step, v, py_none));
}

Value py_callable_iter(Value fun, Value sentinel) {
  return val(py_new_iter(&type_iter, step_callable, fun, sentinel));
}

void py_init_iter() {
  struct Entry {
    Type* t;
    const char* name;
    Value (*make)(Type*, size_t, size_t, const Value*);
  };
  static const Entry entries[] = {
      {&type_iter, "iterator", nullptr},    {&type_enumerate, "enumerate", enumerate_new},
      {&type_zip, "zip", zip_new},          {&type_map, "map", map_new},
      {&type_filter, "filter", filter_new}, {&type_reversed, "reversed", reversed_new}};
  for (const Entry& e : entries) {
    py_type_setup(e.t, e.name, &type_object);
    e.t->make_new = e.make;
    e.t->getiter = iter_self;
    e.t->iternext = py_native_iternext;
    e.t->print = type_object.print;
    e.t->hash = type_object.hash;
    e.t->trace = [](Obj* o) {
      auto* it = reinterpret_cast<IterObj*>(o);
      gc_mark(it->a);
      gc_mark(it->b);
    };
  }
}
