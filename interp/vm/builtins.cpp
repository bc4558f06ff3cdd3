// The builtin functions.
#include <cmath>
#include <cstring>

#include "port/port.h"
#include "vm/runtime.h"

Value py_callable_iter(Value fun, Value sentinel);

namespace {
Value b_print(size_t n, size_t n_kw, const Value* a) {
  StrObj* allowed[] = {py_names.sep, py_names.end, py_names.file, py_names.flush, nullptr};
  py_kw_check("print", n, n_kw, a, allowed);
  auto text = [&](StrObj* name, const char* fallback) {
    Value v = py_kw_get(n, n_kw, a, name);
    if (!v || v == py_none) return py_new_cstr(fallback);
    if (!py_is_str(v)) py_raise(&exc_TypeError, "%S must be None or a string, not %N", name, v);
    return to_str(v);
  };
  Value file = py_kw_get(n, n_kw, a, py_names.file);
  int fd = 1;
  if (file && file != py_none) {
    // Only sys.stdout and sys.stderr exist; they are numbers here.
    if (!is_small(file)) py_raise(&exc_NotImplementedError, "print to %N", file);
    fd = static_cast<int>(small_value(file));
  }
  StrObj* sep = text(py_names.sep, " ");
  StrObj* end = text(py_names.end, "\n");
  BufObj* b = py_new_buf();
  for (size_t i = 0; i < n; i++) {
    if (i) buf_str(b, sep);
    py_print_helper(b, a[i], kPrintStr);
  }
  buf_str(b, end);
  port_write(fd, b->data ? b->data : "", b->n);
  return py_none;
}

Value b_len(size_t, size_t, const Value* a) { return int_from_i64(py_len(a[0])); }
Value b_abs(size_t, size_t, const Value* a) { return py_unary_op(kAbs, a[0]); }
Value b_repr(size_t, size_t, const Value* a) { return val(py_repr(a[0])); }
Value b_hash(size_t, size_t, const Value* a) { return int_from_i64(py_hash(a[0])); }
Value b_id(size_t, size_t, const Value* a) {
  return int_from_u64(static_cast<uint64_t>(reinterpret_cast<uintptr_t>(a[0])));
}
Value b_callable(size_t, size_t, const Value* a) {
  Type* t = type_of(a[0]);
  if (t->flags & kTypeUser) return py_bool(py_type_lookup(t, py_names.call) != nullptr);
  return py_bool(t->call != nullptr);
}
Value b_isinstance(size_t, size_t, const Value* a) { return py_bool(py_isinstance(a[0], a[1])); }

bool issubclass(Value t, Value cls) {
  if (type_of(cls) == &type_tuple) {
    auto* all = as<TupleObj>(cls);
    for (size_t i = 0; i < all->n; i++) {
      if (issubclass(t, all->items[i])) return true;
    }
    return false;
  }
  if (!py_is_type(t)) py_raise(&exc_TypeError, "issubclass() arg 1 must be a class");
  if (!py_is_type(cls)) {
    py_raise(&exc_TypeError, "issubclass() arg 2 must be a class, a tuple of classes, or a union");
  }
  return py_is_subtype(as<Type>(t), as<Type>(cls));
}
Value b_issubclass(size_t, size_t, const Value* a) { return py_bool(issubclass(a[0], a[1])); }

StrObj* attr_name(Value v) {
  if (!py_is_str(v)) py_raise(&exc_TypeError, "attribute name must be string, not '%N'", v);
  return to_str(v);
}
struct Lookup {
  Value v;
  StrObj* name;
  Value result;
};
void lookup_body(void* context) {
  auto* l = static_cast<Lookup*>(context);
  l->result = py_load_attr_maybe(l->v, l->name);
}
Value lookup(Value v, Value name) {  // null if absent, also when a property raises AttributeError
  Lookup l = {v, attr_name(name), nullptr};
  Value e = py_try(lookup_body, &l);
  if (e && !py_exc_matches(e, type_value(&exc_AttributeError))) nlr_jump(e);
  return e ? nullptr : l.result;
}
Value b_hasattr(size_t, size_t, const Value* a) { return py_bool(lookup(a[0], a[1]) != nullptr); }
Value b_getattr(size_t n, size_t, const Value* a) {
  if (n < 3) return py_load_attr(a[0], attr_name(a[1]));
  Value v = lookup(a[0], a[1]);
  return v ? v : a[2];
}
Value b_setattr(size_t, size_t, const Value* a) {
  py_store_attr(a[0], attr_name(a[1]), a[2]);
  return py_none;
}
Value b_delattr(size_t, size_t, const Value* a) {
  py_store_attr(a[0], attr_name(a[1]), nullptr);
  return py_none;
}

Value b_iter(size_t n, size_t, const Value* a) {
  if (n == 1) return py_getiter(a[0]);
  if (b_callable(1, 0, a) == py_false) py_raise(&exc_TypeError, "iter(v, w): v must be callable");
  return py_callable_iter(a[0], a[1]);
}
Value b_next(size_t n, size_t, const Value* a) {
  Type* t = type_of(a[0]);
  if (!t->iternext && !((t->flags & kTypeUser) && py_type_lookup(t, py_names.next))) {
    py_raise(&exc_TypeError, "'%N' object is not an iterator", a[0]);
  }
  if (!t->iternext && n == 1) {  // keep the value of the StopIteration of __next__
    return py_call_0(py_lookup_special(a[0], py_names.next));
  }
  if (Value v = py_iternext(a[0])) return v;
  if (n > 1) return a[1];
  Value result = t == &type_generator ? as<GenObj>(a[0])->result : nullptr;
  if (t == &type_generator) as<GenObj>(a[0])->result = nullptr;
  py_raise_value(&exc_StopIteration, result == py_none ? nullptr : result);
}

Value extreme(size_t n, size_t n_kw, const Value* a, bool greatest) {
  const char* name = greatest ? "max" : "min";
  StrObj* allowed[] = {py_names.key, py_names.default_, nullptr};
  py_kw_check(name, n, n_kw, a, allowed);
  if (n == 0) py_raise(&exc_TypeError, "%s expected at least 1 argument, got 0", name);
  Value key = py_kw_get(n, n_kw, a, py_names.key);
  Value fallback = py_kw_get(n, n_kw, a, py_names.default_);
  if (n > 1 && fallback) {
    py_raise(&exc_TypeError, "Cannot specify a default for %s() with multiple positional arguments",
             name);
  }
  Value source = n > 1 ? val(py_new_tuple(n, a)) : a[0];
  IterScope s = py_iter_begin(source);
  ListObj* best = py_new_list(2);  // the value and its key
  s.pool = gc_pool_top();
  bool any = false;
  while (Value v = py_iter_step(s)) {
    Value k = key && key != py_none ? py_call_1(key, v) : v;
    bool better = !any || (greatest ? py_is_true(py_binary_op(kGt, k, best->items[1]))
                                    : py_less(k, best->items[1]));
    if (better) {
      best->items[0] = v;
      best->items[1] = k;
    }
    any = true;
  }
  if (any) return best->items[0];
  if (!fallback) py_raise(&exc_ValueError, "%s() arg is an empty sequence", name);
  return fallback;
}
Value b_min(size_t n, size_t n_kw, const Value* a) { return extreme(n, n_kw, a, false); }
Value b_max(size_t n, size_t n_kw, const Value* a) { return extreme(n, n_kw, a, true); }

Value b_sum(size_t n, size_t n_kw, const Value* a) {
  StrObj* allowed[] = {py_names.start, nullptr};
  py_kw_check("sum", n, n_kw, a, allowed);
  Value total = n > 1 ? a[1] : py_kw_get(n, n_kw, a, py_names.start);
  if (!total) total = small_int(0);
  if (py_is_str(total))
    py_raise(&exc_TypeError, "sum() can't sum strings [use ''.join(seq) instead]");
  IterScope s = py_iter_begin(a[0]);
  while (Value v = py_iter_step(s, total)) total = py_binary_op(kAdd, total, v);
  return total;
}
Value b_any(size_t, size_t, const Value* a) {
  IterScope s = py_iter_begin(a[0]);
  while (Value v = py_iter_step(s)) {
    if (py_is_true(v)) return py_true;
  }
  return py_false;
}
Value b_all(size_t, size_t, const Value* a) {
  IterScope s = py_iter_begin(a[0]);
  while (Value v = py_iter_step(s)) {
    if (!py_is_true(v)) return py_false;
  }
  return py_true;
}
Value b_sorted(size_t n, size_t n_kw, const Value* a) {
  StrObj* allowed[] = {py_names.key, py_names.reverse, nullptr};
  py_kw_check("sort", n, n_kw, a, allowed);
  Value key = py_kw_get(n, n_kw, a, py_names.key);
  Value reverse = py_kw_get(n, n_kw, a, py_names.reverse);
  ListObj* l = py_list_from(a[0]);
  py_sort(l, key ? key : py_none, reverse && py_is_true(reverse));
  return val(l);
}

Value b_ord(size_t, size_t, const Value* a) {
  if (!py_is_str(a[0]))
    py_raise(&exc_TypeError, "ord() expected string of length 1, but %N found", a[0]);
  StrObj* s = to_str(a[0]);
  if (s->length != 1) {
    py_raise(&exc_TypeError, "ord() expected a character, but string of length %d found",
             static_cast<int>(s->length));
  }
  const char* p = s->data;
  return small_int(static_cast<intptr_t>(utf8_decode(p)));
}
Value b_chr(size_t, size_t, const Value* a) {
  int64_t c = py_index(a[0]);
  if (c < 0 || c > 0x10ffff) py_raise(&exc_ValueError, "chr() arg not in range(0x110000)");
  if (c >= 0xd800 && c <= 0xdfff) py_raise(&exc_NotImplementedError, "a lone surrogate");
  return py_str_from_code(static_cast<uint32_t>(c));
}
Value radix(Value v, int base, const char* prefix) {
  if (!py_is_int(v)) {
    int64_t n = py_index(v);
    v = int_from_i64(n);
  }
  BufObj* b = py_new_buf();
  if (int_sign(v) < 0) {
    buf_char(b, '-');
    v = py_unary_op(kNeg, v);
  }
  buf_cstr(b, prefix);
  int_print(b, v, base);
  return val(buf_finish(b));
}
Value b_hex(size_t, size_t, const Value* a) { return radix(a[0], 16, "0x"); }
Value b_bin(size_t, size_t, const Value* a) { return radix(a[0], 2, "0b"); }
Value b_oct(size_t, size_t, const Value* a) { return radix(a[0], 8, "0o"); }

Value b_divmod(size_t, size_t, const Value* a) { return py_binary_op(kDivMod, a[0], a[1]); }

Value b_pow(size_t n, size_t n_kw, const Value* a) {
  if (n_kw) py_raise(&exc_NotImplementedError, "pow() with keywords");
  if (n < 3 || a[2] == py_none) return py_binary_op(kPow, a[0], a[1]);
  if (!py_is_int(a[0]) || !py_is_int(a[1]) || !py_is_int(a[2])) {
    py_raise(&exc_TypeError, "pow() 3rd argument not allowed unless all arguments are integers");
  }
  Value m = a[2], e = a[1];
  if (int_sign(m) == 0) py_raise(&exc_ValueError, "pow() 3rd argument cannot be 0");
  if (int_sign(e) < 0)
    py_raise(&exc_NotImplementedError, "pow() with a negative exponent and a modulus");
  size_t pool = gc_pool_top();
  Value result = py_binary_op(kMod, small_int(1), m);
  Value base = py_binary_op(kMod, a[0], m);
  while (int_sign(e) > 0) {
    if (py_is_true(py_binary_op(kAnd, e, small_int(1)))) {
      result = py_binary_op(kMod, py_binary_op(kMul, result, base), m);
    }
    e = py_binary_op(kRshift, e, small_int(1));
    base = py_binary_op(kMod, py_binary_op(kMul, base, base), m);
    gc_pool_reset(pool);
    for (Value v : {result, base, e}) {
      if (!is_small(v)) gc_pool_push(v);
    }
  }
  return result;
}

// Rounds half to even at `digits` decimals by way of the exact decimal text.
double round_digits(double d, int64_t digits) {
  if (!std::isfinite(d) || digits > 22 + 300) return d;
  if (digits < -310) return std::copysign(0.0, d);
  if (digits >= 0) {
    char text[1100];
    std::snprintf(text, sizeof text, "%.*f", static_cast<int>(digits > 320 ? 320 : digits), d);
    return std::strtod(text, nullptr);
  }
  char text[400];
  std::snprintf(text, sizeof text, "%.0f", d);  // exact
  Value v = int_parse(text, std::strlen(text), 10);
  (void)v;
  double p = std::pow(10.0, static_cast<double>(-digits));
  double y = d / p, z = std::round(y);
  if (std::fabs(y - z) == 0.5) z = 2.0 * std::round(y / 2.0);
  return z * p;
}
Value b_round(size_t n, size_t n_kw, const Value* a) {
  StrObj* allowed[] = {py_names.ndigits, nullptr};
  py_kw_check("round", n, n_kw, a, allowed);
  Value digits = n > 1 ? a[1] : py_kw_get(n, n_kw, a, py_names.ndigits);
  if (digits == py_none) digits = nullptr;
  Value v = a[0];
  if (py_is_float(v)) {
    double d = float_value(v);
    if (!digits) {
      double r = std::nearbyint(d);  // the default mode rounds half to even
      return int_from_double(r);
    }
    return py_new_float(round_digits(d, py_index(digits)));
  }
  if (py_is_int(v)) {
    if (!digits || py_index(digits) >= 0) return py_unary_op(kPos, v);
    Value unit = py_binary_op(kPow, small_int(10), int_from_i64(-py_index(digits)));
    Value rest = py_binary_op(kMod, v, unit);
    Value low = py_binary_op(kSub, v, rest);
    int c = int_compare(py_binary_op(kMul, rest, small_int(2)), unit);
    bool odd = py_is_true(py_binary_op(kMod, py_binary_op(kFloorDiv, low, unit), small_int(2)));
    return c > 0 || (c == 0 && odd) ? py_binary_op(kAdd, low, unit) : low;
  }
  Value method = type_of(v)->flags & kTypeUser ? py_lookup_special(v, py_names.round) : nullptr;
  if (!method) py_raise(&exc_TypeError, "type %N doesn't define __round__ method", v);
  return digits ? py_call_1(method, digits) : py_call_0(method);
}

Value b_format(size_t n, size_t, const Value* a) {
  if (n > 1 && !py_is_str(a[1]))
    py_raise(&exc_TypeError, "format() argument 2 must be str, not %N", a[1]);
  return val(py_format(a[0], n > 1 ? to_str(a[1]) : py_names.empty));
}
Value b_globals(size_t, size_t, const Value*) { return val(vm.frame->globals); }

Value b_dir(size_t, size_t, const Value*) { py_raise(&exc_NotImplementedError, "dir()"); }
Value b_exec(size_t, size_t, const Value*) {
  py_raise(&exc_NotImplementedError, "exec() and eval()");
}
Value b_open(size_t, size_t, const Value*) {
  py_raise(&exc_NotImplementedError, "open() and input()");
}
Value b_vars(size_t n, size_t, const Value* a) {
  if (n == 0) py_raise(&exc_NotImplementedError, "vars() and locals() of a frame");
  return py_load_attr(a[0], py_names.dict);
}
Value b_bytes(size_t, size_t, const Value*) { py_raise(&exc_NotImplementedError, "bytes"); }

Value b_sleep(size_t, size_t, const Value* a) {
  double ms;
  if (!py_to_double(a[0], &ms)) py_raise(&exc_TypeError, "must be real number, not %N", a[0]);
  if (ms < 0) py_raise(&exc_ValueError, "sleep length must be non-negative");
  port_sleep(ms);
  return py_none;
}
}  // namespace

Value py_builtin_sleep(size_t n, size_t n_kw, const Value* a) { return b_sleep(n, n_kw, a); }

void py_init_builtins() {
  struct Entry {
    const char* name;
    NativeFn fn;
    int min_args, max_args;
    bool keywords;
  };
  static const Entry entries[] = {{"print", b_print, 0, -1, true},
                                  {"len", b_len, 1, 1, false},
                                  {"abs", b_abs, 1, 1, false},
                                  {"repr", b_repr, 1, 1, false},
                                  {"hash", b_hash, 1, 1, false},
                                  {"id", b_id, 1, 1, false},
                                  {"callable", b_callable, 1, 1, false},
                                  {"isinstance", b_isinstance, 2, 2, false},
                                  {"issubclass", b_issubclass, 2, 2, false},
                                  {"hasattr", b_hasattr, 2, 2, false},
                                  {"getattr", b_getattr, 2, 3, false},
                                  {"setattr", b_setattr, 3, 3, false},
                                  {"delattr", b_delattr, 2, 2, false},
                                  {"iter", b_iter, 1, 2, false},
                                  {"next", b_next, 1, 2, false},
                                  {"min", b_min, 0, -1, true},
                                  {"max", b_max, 0, -1, true},
                                  {"sum", b_sum, 1, 2, true},
                                  {"any", b_any, 1, 1, false},
                                  {"all", b_all, 1, 1, false},
                                  {"sorted", b_sorted, 1, 1, true},
                                  {"ord", b_ord, 1, 1, false},
                                  {"chr", b_chr, 1, 1, false},
                                  {"hex", b_hex, 1, 1, false},
                                  {"bin", b_bin, 1, 1, false},
                                  {"oct", b_oct, 1, 1, false},
                                  {"divmod", b_divmod, 2, 2, false},
                                  {"pow", b_pow, 2, 3, true},
                                  {"round", b_round, 1, 2, true},
                                  {"format", b_format, 1, 2, false},
                                  {"globals", b_globals, 0, 0, false},
                                  {"dir", b_dir, 0, 1, false},
                                  {"exec", b_exec, 0, -1, true},
                                  {"eval", b_exec, 0, -1, true},
                                  {"compile", b_exec, 0, -1, true},
                                  {"open", b_open, 0, -1, true},
                                  {"input", b_open, 0, -1, true},
                                  {"vars", b_vars, 0, 1, false},
                                  {"locals", b_vars, 0, 0, false},
                                  {"bytes", b_bytes, 0, -1, true},
                                  {"bytearray", b_bytes, 0, -1, true},
                                  {"memoryview", b_bytes, 0, -1, true},
                                  {"complex", b_bytes, 0, -1, true},
                                  {"sleep", b_sleep, 1, 1, false},
                                  {"__import__", b_exec, 0, -1, true}};
  for (const Entry& e : entries) {
    dict_set(vm.builtins, val(py_intern_cstr(e.name)),
             py_new_builtin(e.name, e.fn, e.min_args, e.max_args, e.keywords));
  }
  Type* const types[] = {&type_int,       &type_bool,      &type_float,        &type_str,
                         &type_list,      &type_tuple,     &type_dict,         &type_set,
                         &type_frozenset, &type_range,     &type_type,         &type_object,
                         &type_slice,     &type_property,  &type_staticmethod, &type_classmethod,
                         &type_super,     &type_enumerate, &type_zip,          &type_map,
                         &type_filter,    &type_reversed};
  for (Type* t : types) dict_set(vm.builtins, val(t->name), type_value(t));
  auto set = [](const char* name, Value v) { dict_set(vm.builtins, val(py_intern_cstr(name)), v); };
  set("NotImplemented", py_notimplemented);
  set("Ellipsis", py_ellipsis);
  set("__debug__", py_true);
}
