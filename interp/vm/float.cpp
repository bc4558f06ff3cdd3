// Floats: arithmetic with Python's rules of sign and rounding, shortest round-trip text, parsing.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "vm/runtime.h"

Value py_new_float(double d) {
  auto* f = gc_new<FloatObj>(&type_float);
  f->value = d;
  return val(f);
}
bool py_is_float(Value v) { return type_of(v) == &type_float; }
double float_value(Value v) { return as<FloatObj>(v)->value; }

bool py_to_double(Value v, double* out) {
  if (py_is_float(v)) {
    *out = float_value(v);
  } else if (py_is_int(v)) {
    *out = int_to_double(v);
  } else {
    return false;
  }
  return true;
}

void float_format(BufObj* b, double d, char kind, int precision, bool alternate) {
  char text[512];
  char format[8] = {'%', '.', '*', kind, 0};
  if (alternate) std::snprintf(format, sizeof format, "%%#.*%c", kind);
  if (std::isnan(d) || std::isinf(d)) {
    const char* s = std::isnan(d) ? "nan" : d < 0 ? "-inf" : "inf";
    return buf_cstr(b, s);
  }
  if (precision > 150) py_raise(&exc_NotImplementedError, "a float precision above 150");
  int n = std::snprintf(text, sizeof text, format, precision, d);
  buf_add(b, text, static_cast<size_t>(n));
}

void float_repr(BufObj* b, double d) {
  if (std::isnan(d)) return buf_cstr(b, "nan");
  if (std::isinf(d)) return buf_cstr(b, d < 0 ? "-inf" : "inf");
  char text[40];
  int digits = 1;
  for (; digits <= 17; digits++) {  // the shortest correctly rounded text that reads back the same
    std::snprintf(text, sizeof text, "%.*e", digits - 1, d);
    if (std::strtod(text, nullptr) == d) break;
  }
  const char* mantissa = text;
  if (*mantissa == '-') {
    buf_char(b, '-');
    mantissa++;
  }
  char all[20];
  size_t n = 0;
  const char* p = mantissa;
  for (; *p && *p != 'e'; p++) {
    if (*p != '.') all[n++] = *p;
  }
  int exponent = std::atoi(p + 1);
  while (n > 1 && all[n - 1] == '0') n--;
  if (exponent < -4 || exponent >= 16) {
    buf_char(b, all[0]);
    if (n > 1) {
      buf_char(b, '.');
      buf_add(b, all + 1, n - 1);
    }
    std::snprintf(text, sizeof text, "e%c%02d", exponent < 0 ? '-' : '+', std::abs(exponent));
    return buf_cstr(b, text);
  }
  if (exponent < 0) {
    buf_cstr(b, "0.");
    for (int i = -1; i > exponent; i--) buf_char(b, '0');
    return buf_add(b, all, n);
  }
  for (int i = 0; i <= exponent; i++) buf_char(b, static_cast<size_t>(i) < n ? all[i] : '0');
  buf_char(b, '.');
  auto whole = static_cast<size_t>(exponent) + 1;
  if (whole < n) {
    buf_add(b, all + whole, n - whole);
  } else {
    buf_char(b, '0');
  }
}

bool float_parse(const char* p, size_t n, double* out) {
  char text[512];
  const char* end = p + n;
  auto space = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  while (p < end && space(*p)) p++;
  while (end > p && space(end[-1])) end--;
  size_t k = 0;
  bool digit_before = false;
  if (p == end || static_cast<size_t>(end - p) >= sizeof text) return false;
  for (; p < end; p++) {
    if (*p == '_') {
      if (!digit_before || p + 1 == end || p[1] < '0' || p[1] > '9') return false;
      digit_before = false;
      continue;
    }
    digit_before = *p >= '0' && *p <= '9';
    text[k++] = *p >= 'A' && *p <= 'Z' ? static_cast<char>(*p | 0x20) : *p;
  }
  text[k] = 0;
  const char* q = text + (*text == '-' || *text == '+');
  bool word = !std::strcmp(q, "inf") || !std::strcmp(q, "infinity") || !std::strcmp(q, "nan");
  if (!word) {
    for (const char* r = q; *r; r++) {
      if (!std::strchr("0123456789.e+-", *r)) return false;
    }
  }
  char* rest;
  *out = std::strtod(text, &rest);
  return *rest == 0 && rest != text;
}

namespace {
double floor_mod(double a, double b) {
  double m = std::fmod(a, b);
  if (m != 0) return (m < 0) != (b < 0) ? m + b : m;
  return std::copysign(0.0, b);
}

double floor_div(double a, double b) {
  double m = std::fmod(a, b);
  double q = (a - m) / b;
  if (m != 0 && (m < 0) != (b < 0)) q -= 1;
  if (q == 0) return std::copysign(0.0, a / b);
  double f = std::floor(q);
  return q - f > 0.5 ? f + 1 : f;
}

// Exact comparison of an integer of any size with a float.
int compare_int_float(Value a, double d, bool* unordered) {
  *unordered = std::isnan(d);
  if (*unordered) return 0;
  if (std::isinf(d)) return d > 0 ? -1 : 1;
  double whole = std::trunc(d);
  int c = int_compare(a, int_from_double(whole));
  if (c != 0) return c;
  return d == whole ? 0 : d > whole ? -1 : 1;
}

Value compare(BinaryOp op, Value a, Value b) {
  double x = 0, y = 0;
  bool unordered = false;
  int c;
  if (py_is_int(a)) {
    c = compare_int_float(a, float_value(b), &unordered);
  } else if (py_is_int(b)) {
    c = -compare_int_float(b, float_value(a), &unordered);
  } else {
    x = float_value(a);
    y = float_value(b);
    unordered = std::isnan(x) || std::isnan(y);
    c = x < y ? -1 : x > y;
  }
  switch (op) {
    case kLt:
      return py_bool(!unordered && c < 0);
    case kLe:
      return py_bool(!unordered && c <= 0);
    case kEq:
      return py_bool(!unordered && c == 0);
    case kNe:
      return py_bool(unordered || c != 0);
    case kGt:
      return py_bool(!unordered && c > 0);
    default:
      return py_bool(!unordered && c >= 0);
  }
}

Value float_pow(double x, double y) {
  if (x == 0 && y < 0) {
    py_raise(&exc_ZeroDivisionError, "0.0 cannot be raised to a negative power");
  }
  if (x < 0 && std::isfinite(x) && std::isfinite(y) && y != std::floor(y)) {
    py_raise(&exc_NotImplementedError, "complex numbers (a negative number to a fractional power)");
  }
  double r = std::pow(x, y);
  if (std::isinf(r) && std::isfinite(x) && std::isfinite(y)) {
    Value args[2] = {small_int(34), val(py_new_cstr("Numerical result out of range"))};
    py_raise_value(&exc_OverflowError, val(py_new_tuple(2, args)));
  }
  return py_new_float(r);
}

Value float_binary(BinaryOp op, Value a, Value b, bool reflected) {
  if (!py_is_float(b) && !py_is_int(b)) return nullptr;
  if (reflected) {
    Value t = a;
    a = b;
    b = t;
  }
  if (op >= kLt) return compare(op, a, b);
  double x = 0, y = 0;
  if (op >= kLshift && op != kDivMod) return nullptr;
  py_to_double(a, &x);
  py_to_double(b, &y);
  if ((op == kTrueDiv || op == kFloorDiv || op == kMod || op == kDivMod) && y == 0) {
    py_raise(&exc_ZeroDivisionError, "%s",
             op == kTrueDiv    ? "float division by zero"
             : op == kFloorDiv ? "float floor division by zero"
             : op == kMod      ? "float modulo"
                               : "float divmod()");
  }
  switch (op) {
    case kAdd:
      return py_new_float(x + y);
    case kSub:
      return py_new_float(x - y);
    case kMul:
      return py_new_float(x * y);
    case kTrueDiv:
      return py_new_float(x / y);
    case kFloorDiv:
      return py_new_float(floor_div(x, y));
    case kMod:
      return py_new_float(floor_mod(x, y));
    case kPow:
      return float_pow(x, y);
    case kDivMod: {
      Value pair[2] = {py_new_float(floor_div(x, y)), py_new_float(floor_mod(x, y))};
      return val(py_new_tuple(2, pair));
    }
    default:
      return nullptr;
  }
}

Value float_unary(UnaryOp op, Value v) {
  double d = float_value(v);
  switch (op) {
    case kNeg:
      return py_new_float(-d);
    case kPos:
      return py_new_float(d);
    case kAbs:
      return py_new_float(std::fabs(d));
    default:
      return nullptr;
  }
}

int64_t float_hash(Value v) {
  double d = float_value(v);
  if (std::isinf(d)) return d > 0 ? 314159 : -314159;
  if (std::isnan(d)) return py_identity_hash(v);
  if (d == std::floor(d)) return int_hash(int_from_double(d));
  constexpr uint64_t kMod = (uint64_t{1} << 61) - 1;  // the same rule as for integers
  int e;
  double m = std::frexp(std::fabs(d), &e);
  uint64_t x = 0;
  while (m != 0) {
    x = ((x << 28) & kMod) | x >> 33;
    m *= 268435456.0;
    e -= 28;
    auto y = static_cast<uint64_t>(m);
    m -= static_cast<double>(y);
    x += y;
    if (x >= kMod) x -= kMod;
  }
  e = e >= 0 ? e % 61 : 60 - ((-1 - e) % 61);
  x = ((x << e) & kMod) | x >> (61 - e);
  auto r = static_cast<int64_t>(x);
  if (d < 0) r = -r;
  return r == -1 ? -2 : r;
}

Value float_make_new(Type*, size_t n_args, size_t n_kw, const Value* args) {
  if (n_kw) py_raise(&exc_TypeError, "float() takes no keyword arguments");
  if (n_args > 1)
    py_raise(&exc_TypeError, "float expected at most 1 argument, got %d", static_cast<int>(n_args));
  if (n_args == 0) return py_new_float(0);
  Value v = args[0];
  double d;
  if (py_is_float(v)) return v;
  if (py_to_double(v, &d)) return py_new_float(d);
  if (py_is_str(v)) {
    if (!float_parse(to_str(v)->data, to_str(v)->bytes, &d)) {
      if (!to_str(v)->ascii()) {
        py_raise(&exc_NotImplementedError, "float() of text that is not ASCII");
      }
      py_raise(&exc_ValueError, "could not convert string to float: %R", v);
    }
    return py_new_float(d);
  }
  Value method = type_of(v)->flags & kTypeUser ? py_lookup_special(v, py_names.float_) : nullptr;
  if (!method) {
    py_raise(&exc_TypeError, "float() argument must be a string or a real number, not '%N'", v);
  }
  Value r = py_call_0(method);
  if (!py_is_float(r)) {
    py_raise(&exc_TypeError, "%N.__float__ returned non-float (type %N)", v, r);
  }
  return r;
}

Value float_is_integer(size_t, size_t, const Value* a) {
  double d = float_value(a[0]);
  return py_bool(std::isfinite(d) && d == std::floor(d));
}
Value float_int(size_t, size_t, const Value* a) { return int_from_double(float_value(a[0])); }
Value float_float(size_t, size_t, const Value* a) {
  double d = 0;
  py_to_double(a[0], &d);
  return py_new_float(d);
}
}  // namespace

void py_init_float() {
  Type* t = &type_float;
  py_type_setup(t, "float", &type_object);
  t->binary_op = float_binary;
  t->unary_op = float_unary;
  t->hash = float_hash;
  t->make_new = float_make_new;
  t->truth = [](Value v) { return float_value(v) != 0; };
  t->print = [](BufObj* b, Value v, PrintKind) { float_repr(b, float_value(v)); };
  py_type_method(t, "is_integer", float_is_integer, 1, 1);
  py_type_method(t, "__int__", float_int, 1, 1);
  py_type_method(t, "__float__", float_float, 1, 1);
  py_type_method(&type_int, "__float__", float_float, 1, 1);
}
