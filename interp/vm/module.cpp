// Modules: the type, import, and the built-in modules time, math, gc, sys and host.
#include <cmath>
#include <cstring>

#include "port/port.h"
#include "vm/runtime.h"

Value py_builtin_sleep(size_t n, size_t n_kw, const Value* a);

ModuleObj* py_new_module(const char* name) {
  auto* m = gc_new<ModuleObj>(&type_module);
  m->name = py_intern_cstr(name);
  m->dict = py_new_dict(&type_dict);
  dict_set(m->dict, val(py_names.name), val(m->name));
  dict_set(vm.modules, val(m->name), val(m));
  return m;
}

void module_set(ModuleObj* m, const char* name, Value v) {
  dict_set(m->dict, val(py_intern_cstr(name)), v);
}
void module_fn(ModuleObj* m, const char* name, NativeFn fn, int min_args, int max_args,
               bool keywords) {
  module_set(m, name, py_new_builtin(name, fn, min_args, max_args, keywords));
}

Value py_import(StrObj* name) {
  Value m = dict_get_str(vm.modules, name);
  if (!m) py_raise(&exc_ModuleNotFoundError, "No module named '%S'", name);
  return m;
}

namespace {
double number(Value v) {
  double d;
  if (py_to_double(v, &d)) return d;
  Value method = type_of(v)->flags & kTypeUser ? py_lookup_special(v, py_names.float_) : nullptr;
  if (!method) py_raise(&exc_TypeError, "must be real number, not %N", v);
  return number(py_call_0(method));
}

Value checked(double r, double x) {
  if (std::isnan(r) && !std::isnan(x)) py_raise(&exc_ValueError, "math domain error");
  if (std::isinf(r) && std::isfinite(x)) py_raise(&exc_OverflowError, "math range error");
  return py_new_float(r);
}

template <double (*fn)(double)>
Value m_unary(size_t, size_t, const Value* a) {
  double x = number(a[0]);
  return checked(fn(x), x);
}
template <int mode>
Value m_round(size_t, size_t, const Value* a) {
  if (py_is_int(a[0])) return py_unary_op(kPos, a[0]);
  double d = number(a[0]);
  return int_from_double(mode == 0 ? std::floor(d) : mode == 1 ? std::ceil(d) : std::trunc(d));
}
double log_of(Value v) {
  if (py_is_int(v)) {
    if (int_sign(v) <= 0) py_raise(&exc_ValueError, "math domain error");
    int64_t bits = int_bit_length(v);
    if (bits > 1000) {
      Value top = py_binary_op(kRshift, v, int_from_i64(bits - 64));
      return std::log(int_to_double(top)) + static_cast<double>(bits - 64) * std::log(2.0);
    }
  }
  double d = number(v);
  if (d <= 0) py_raise(&exc_ValueError, "math domain error");
  return std::log(d);
}
Value m_log(size_t n, size_t, const Value* a) {
  double x = log_of(a[0]);
  if (n < 2) return py_new_float(x);
  double base = log_of(a[1]);
  if (base == 0) py_raise(&exc_ZeroDivisionError, "float division by zero");
  return py_new_float(x / base);
}
template <double (*fn)(double)>
Value m_log_base(size_t, size_t, const Value* a) {
  double d = number(a[0]);
  if (d <= 0) py_raise(&exc_ValueError, "math domain error");
  return py_new_float(fn(d));
}
Value m_pow(size_t, size_t, const Value* a) {
  double x = number(a[0]), y = number(a[1]);
  double r = std::pow(x, y);
  if (std::isfinite(x) && std::isfinite(y) && x == 0 && y < 0)
    py_raise(&exc_ValueError, "math domain error");
  if (std::isnan(r) && !std::isnan(x) && !std::isnan(y))
    py_raise(&exc_ValueError, "math domain error");
  if (std::isinf(r) && std::isfinite(x) && std::isfinite(y))
    py_raise(&exc_OverflowError, "math range error");
  return py_new_float(r);
}
template <double (*fn)(double, double)>
Value m_binary(size_t, size_t, const Value* a) {
  double x = number(a[0]), y = number(a[1]);
  double r = fn(x, y);
  if (std::isnan(r) && !std::isnan(x) && !std::isnan(y))
    py_raise(&exc_ValueError, "math domain error");
  return py_new_float(r);
}
Value m_isnan(size_t, size_t, const Value* a) { return py_bool(std::isnan(number(a[0]))); }
Value m_isinf(size_t, size_t, const Value* a) { return py_bool(std::isinf(number(a[0]))); }
Value m_isfinite(size_t, size_t, const Value* a) { return py_bool(std::isfinite(number(a[0]))); }
Value m_gcd(size_t n, size_t, const Value* a) {
  Value r = small_int(0);
  for (size_t i = 0; i < n; i++) {
    Value x = r, y = a[i];
    if (!py_is_int(y))
      py_raise(&exc_TypeError, "'%N' object cannot be interpreted as an integer", y);
    while (int_sign(y) != 0) {
      Value t = py_binary_op(kMod, x, y);
      x = y;
      y = t;
    }
    r = py_unary_op(kAbs, x);
  }
  return r;
}
Value m_factorial(size_t, size_t, const Value* a) {
  if (!py_is_int(a[0]))
    py_raise(&exc_TypeError, "'%N' object cannot be interpreted as an integer", a[0]);
  int64_t n = py_index(a[0]);
  if (n < 0) py_raise(&exc_ValueError, "factorial() not defined for negative values");
  Value r = small_int(1);
  for (int64_t i = 2; i <= n; i++) r = py_binary_op(kMul, r, int_from_i64(i));
  return r;
}
Value m_isqrt(size_t, size_t, const Value* a) {
  if (!py_is_int(a[0]))
    py_raise(&exc_TypeError, "'%N' object cannot be interpreted as an integer", a[0]);
  Value n = py_unary_op(kPos, a[0]);
  if (int_sign(n) < 0) py_raise(&exc_ValueError, "isqrt() argument must be nonnegative");
  if (int_sign(n) == 0) return n;
  Value x = py_binary_op(kLshift, small_int(1), int_from_i64((int_bit_length(n) + 1) / 2));
  for (;;) {  // Newton from above
    Value y =
        py_binary_op(kRshift, py_binary_op(kAdd, x, py_binary_op(kFloorDiv, n, x)), small_int(1));
    if (int_compare(y, x) >= 0) return x;
    x = y;
  }
}
Value m_modf(size_t, size_t, const Value* a) {
  double whole;
  double part = std::modf(number(a[0]), &whole);
  Value pair[2] = {py_new_float(part), py_new_float(whole)};
  return val(py_new_tuple(2, pair));
}
Value m_degrees(size_t, size_t, const Value* a) {
  return py_new_float(number(a[0]) * (180.0 / M_PI));
}
Value m_radians(size_t, size_t, const Value* a) {
  return py_new_float(number(a[0]) * (M_PI / 180.0));
}
Value m_prod(size_t, size_t, const Value* a) {
  Value r = small_int(1);
  IterScope s = py_iter_begin(a[0]);
  while (Value v = py_iter_step(s, r)) r = py_binary_op(kMul, r, v);
  return r;
}

void init_math() {
  ModuleObj* m = py_new_module("math");
  module_set(m, "pi", py_new_float(M_PI));
  module_set(m, "e", py_new_float(M_E));
  module_set(m, "tau", py_new_float(2 * M_PI));
  module_set(m, "inf", py_new_float(INFINITY));
  module_set(m, "nan", py_new_float(NAN));
  module_fn(m, "sqrt", m_unary<std::sqrt>, 1, 1);
  module_fn(m, "sin", m_unary<std::sin>, 1, 1);
  module_fn(m, "cos", m_unary<std::cos>, 1, 1);
  module_fn(m, "tan", m_unary<std::tan>, 1, 1);
  module_fn(m, "asin", m_unary<std::asin>, 1, 1);
  module_fn(m, "acos", m_unary<std::acos>, 1, 1);
  module_fn(m, "atan", m_unary<std::atan>, 1, 1);
  module_fn(m, "exp", m_unary<std::exp>, 1, 1);
  module_fn(m, "fabs", m_unary<std::fabs>, 1, 1);
  module_fn(m, "log", m_log, 1, 2);
  module_fn(m, "log2", m_log_base<std::log2>, 1, 1);
  module_fn(m, "log10", m_log_base<std::log10>, 1, 1);
  module_fn(m, "pow", m_pow, 2, 2);
  module_fn(m, "atan2", m_binary<std::atan2>, 2, 2);
  module_fn(m, "hypot", m_binary<std::hypot>, 2, 2);
  module_fn(m, "fmod", m_binary<std::fmod>, 2, 2);
  module_fn(m, "copysign", m_binary<std::copysign>, 2, 2);
  module_fn(m, "floor", m_round<0>, 1, 1);
  module_fn(m, "ceil", m_round<1>, 1, 1);
  module_fn(m, "trunc", m_round<2>, 1, 1);
  module_fn(m, "isnan", m_isnan, 1, 1);
  module_fn(m, "isinf", m_isinf, 1, 1);
  module_fn(m, "isfinite", m_isfinite, 1, 1);
  module_fn(m, "gcd", m_gcd, 0, -1);
  module_fn(m, "factorial", m_factorial, 1, 1);
  module_fn(m, "isqrt", m_isqrt, 1, 1);
  module_fn(m, "modf", m_modf, 1, 1);
  module_fn(m, "degrees", m_degrees, 1, 1);
  module_fn(m, "radians", m_radians, 1, 1);
  module_fn(m, "prod", m_prod, 1, 1);
}

Value t_sleep(size_t, size_t, const Value* a) {
  double s = number(a[0]);
  if (s < 0) py_raise(&exc_ValueError, "sleep length must be non-negative");
  port_sleep(s * 1000);
  return py_none;
}
Value t_time(size_t, size_t, const Value*) { return py_new_float(port_time_ms() / 1000); }
Value t_ticks_ms(size_t, size_t, const Value*) {
  return int_from_i64(static_cast<int64_t>(port_time_ms()));
}

Value g_collect(size_t, size_t, const Value*) {
  gc_state.wanted = true;  // at the next safe point, where the pool is empty
  gc_collect();
  return small_int(0);
}
Value g_none(size_t, size_t, const Value*) { return py_none; }
Value g_used(size_t, size_t, const Value*) { return int_from_u64(gc_used()); }
Value g_stress(size_t, size_t, const Value* a) {
  gc_set_stress(py_is_true(a[0]));
  return py_none;
}

Value s_exit(size_t n, size_t, const Value* a) {
  py_raise_value(&exc_SystemExit, n ? a[0] : nullptr);
}

Value h_call(size_t n, size_t, const Value* a) {
  if (!py_is_str(a[0]))
    py_raise(&exc_TypeError, "host.call() argument 1 must be str, not %N", a[0]);
  return port_host_call(to_str(a[0]), n - 1, a + 1);
}
}  // namespace

void py_init_modules() {
  py_type_setup(&type_module, "module", &type_object);
  type_module.hash = type_object.hash;
  type_module.print = [](BufObj* b, Value v, PrintKind) {
    buf_cstr(b, "<module '");
    buf_str(b, as<ModuleObj>(v)->name);
    buf_cstr(b, "' (built-in)>");
  };
  type_module.set_attr = [](Value v, StrObj* name, Value value) {
    DictObj* d = as<ModuleObj>(v)->dict;
    if (value) {
      dict_set(d, val(name), value);
      return true;
    }
    return dict_delete(d, val(name), nullptr);
  };
  type_module.trace = [](Obj* o) {
    gc_mark(val(reinterpret_cast<ModuleObj*>(o)->name));
    gc_mark(val(reinterpret_cast<ModuleObj*>(o)->dict));
  };
  init_math();
  ModuleObj* t = py_new_module("time");
  module_fn(t, "sleep", t_sleep, 1, 1);
  module_fn(t, "sleep_ms", py_builtin_sleep, 1, 1);
  module_fn(t, "ticks_ms", t_ticks_ms, 0, 0);
  for (const char* name : {"time", "monotonic", "perf_counter"}) module_fn(t, name, t_time, 0, 0);
  ModuleObj* g = py_new_module("gc");
  module_fn(g, "collect", g_collect, 0, 1);
  module_fn(g, "enable", g_none, 0, 0);
  module_fn(g, "disable", g_none, 0, 0);
  module_fn(g, "mem_alloc", g_used, 0, 0);
  module_fn(g, "stress", g_stress, 1, 1);
  ModuleObj* s = py_new_module("sys");
  module_fn(s, "exit", s_exit, 0, 1);
  module_set(s, "maxsize", int_from_i64(INT64_MAX));
  module_set(s, "stdout", small_int(1));
  module_set(s, "stderr", small_int(2));
  ModuleObj* h = py_new_module("host");
  module_fn(h, "sleep", py_builtin_sleep, 1, 1);
  module_fn(h, "call", h_call, 1, -1);
}
