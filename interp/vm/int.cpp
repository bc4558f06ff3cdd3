// Integers of any size: addition, multiplication, bit operations, comparison and the type.
// Small integers (one bit less than a machine word) are tagged; the rest is sign and magnitude.
#include <cmath>
#include <cstring>

#include "vm/bigint.h"
#include "vm/runtime.h"

void int_view(Value v, Mag* m) {
  if (is_small(v) || type_of(v) == &type_bool) {
    int64_t n = is_small(v) ? small_value(v) : v == py_true;
    uint64_t u = n < 0 ? 0 - static_cast<uint64_t>(n) : static_cast<uint64_t>(n);
    m->small[0] = static_cast<uint32_t>(u);
    m->small[1] = static_cast<uint32_t>(u >> 32);
    m->d = m->small;
    m->n = m->small[1] ? 2 : m->small[0] ? 1 : 0;
    m->negative = n < 0;
    return;
  }
  auto* x = as<IntObj>(v);
  m->d = x->digits;
  m->n = x->n;
  m->negative = x->negative;
}

IntObj* int_alloc(uint64_t n) {
  if (n > (1u << 26)) nlr_jump(vm.memory_error);
  auto* x = gc_new<IntObj>(&type_int, static_cast<size_t>(n) * 4);
  x->n = static_cast<uint32_t>(n);
  return x;
}

Value int_normalize(IntObj* x) {
  while (x->n && x->digits[x->n - 1] == 0) x->n--;
  if (x->n <= 2) {
    uint64_t u = x->n ? x->digits[0] : 0;
    if (x->n == 2) u |= static_cast<uint64_t>(x->digits[1]) << 32;
    if (u <= static_cast<uint64_t>(kSmallMax)) {
      auto n = static_cast<intptr_t>(u);
      return small_int(x->negative ? -n : n);
    }
    if (x->negative && u == static_cast<uint64_t>(kSmallMax) + 1) return small_int(kSmallMin);
  }
  return val(x);
}

int mag_compare(const Mag& a, const Mag& b) {
  if (a.n != b.n) return a.n < b.n ? -1 : 1;
  for (uint32_t i = a.n; i-- > 0;) {
    if (a.d[i] != b.d[i]) return a.d[i] < b.d[i] ? -1 : 1;
  }
  return 0;
}

uint64_t mag_bits(const Mag& a) {
  return a.n ? static_cast<uint64_t>(a.n) * 32 - __builtin_clz(a.d[a.n - 1]) : 0;
}

Value int_from_u64(uint64_t u) {
  if (u <= static_cast<uint64_t>(kSmallMax)) return small_int(static_cast<intptr_t>(u));
  IntObj* x = int_alloc(2);
  x->digits[0] = static_cast<uint32_t>(u);
  x->digits[1] = static_cast<uint32_t>(u >> 32);
  return int_normalize(x);
}

Value int_from_i64(int64_t n) {
  if (n >= kSmallMin && n <= kSmallMax) return small_int(static_cast<intptr_t>(n));
  uint64_t u = n < 0 ? 0 - static_cast<uint64_t>(n) : static_cast<uint64_t>(n);
  IntObj* x = int_alloc(2);
  x->digits[0] = static_cast<uint32_t>(u);
  x->digits[1] = static_cast<uint32_t>(u >> 32);
  x->negative = n < 0;
  return int_normalize(x);
}

bool int_to_i64(Value v, int64_t* out) {
  Mag m;
  int_view(v, &m);
  if (m.n > 2) return false;
  uint64_t u = m.n ? m.d[0] : 0;
  if (m.n == 2) u |= static_cast<uint64_t>(m.d[1]) << 32;
  if (m.negative ? u > uint64_t{1} << 63 : u >= uint64_t{1} << 63) return false;
  *out = m.negative ? static_cast<int64_t>(0 - u) : static_cast<int64_t>(u);
  return true;
}

int int_sign(Value v) {
  Mag m;
  int_view(v, &m);
  return m.n == 0 ? 0 : m.negative ? -1 : 1;
}

int64_t int_bit_length(Value v) {
  Mag m;
  int_view(v, &m);
  return static_cast<int64_t>(mag_bits(m));
}

int int_compare(Value a, Value b) {
  if (is_small(a) && is_small(b)) {
    return small_value(a) < small_value(b) ? -1 : small_value(a) > small_value(b);
  }
  Mag x, y;
  int_view(a, &x);
  int_view(b, &y);
  if (x.negative != y.negative) return x.negative ? -1 : 1;
  int c = mag_compare(x, y);
  return x.negative ? -c : c;
}

int64_t int_hash(Value v) {  // modulo 2^61 - 1, as for floats of the same value
  Mag m;
  int_view(v, &m);
  constexpr uint64_t kMod = (uint64_t{1} << 61) - 1;
  uint64_t h = 0;
  for (uint32_t i = m.n; i-- > 0;) {
    h = ((h << 32) & kMod) | (h >> 29);
    h += m.d[i];
    if (h >= kMod) h -= kMod;
  }
  auto r = static_cast<int64_t>(h);
  if (m.negative) r = -r;
  return r == -1 ? -2 : r;
}

namespace {
Value add_signed(const Mag& a, const Mag& b, bool negate_b) {
  bool b_negative = b.negative != negate_b;
  if (a.negative == b_negative || a.n == 0 || b.n == 0) {
    const Mag& l = a.n >= b.n ? a : b;
    const Mag& s = a.n >= b.n ? b : a;
    IntObj* x = int_alloc(uint64_t{l.n} + 1);
    uint64_t carry = 0;
    for (uint32_t i = 0; i < l.n; i++) {
      carry += uint64_t{l.d[i]} + (i < s.n ? s.d[i] : 0);
      x->digits[i] = static_cast<uint32_t>(carry);
      carry >>= 32;
    }
    x->digits[l.n] = static_cast<uint32_t>(carry);
    x->negative = a.n == 0 ? b_negative : a.negative;
    return int_normalize(x);
  }
  int c = mag_compare(a, b);
  const Mag& l = c >= 0 ? a : b;
  const Mag& s = c >= 0 ? b : a;
  IntObj* x = int_alloc(l.n);
  int64_t borrow = 0;
  for (uint32_t i = 0; i < l.n; i++) {
    int64_t d = int64_t{l.d[i]} - (i < s.n ? s.d[i] : 0) + borrow;
    x->digits[i] = static_cast<uint32_t>(d);
    borrow = d < 0 ? -1 : 0;
  }
  x->negative = c >= 0 ? a.negative : b_negative;
  return int_normalize(x);
}

Value multiply(const Mag& a, const Mag& b) {
  IntObj* x = int_alloc(uint64_t{a.n} + b.n);
  for (uint32_t i = 0; i < a.n; i++) {
    uint64_t carry = 0;
    for (uint32_t j = 0; j < b.n; j++) {
      carry += uint64_t{a.d[i]} * b.d[j] + x->digits[i + j];
      x->digits[i + j] = static_cast<uint32_t>(carry);
      carry >>= 32;
    }
    x->digits[i + b.n] = static_cast<uint32_t>(carry);
  }
  x->negative = a.negative != b.negative;
  return int_normalize(x);
}

// Digit i of the two's complement of m; `carry` starts as true for negative numbers.
uint32_t twos_digit(const Mag& m, uint32_t i, bool* carry) {
  uint32_t d = i < m.n ? m.d[i] : 0;
  if (!m.negative) return d;
  d = ~d;
  if (*carry) {
    d++;
    *carry = d == 0;
  }
  return d;
}

Value bitwise(BinaryOp op, const Mag& a, const Mag& b) {
  uint32_t n = (a.n > b.n ? a.n : b.n) + 1;
  IntObj* x = int_alloc(n);
  bool ca = true, cb = true;
  for (uint32_t i = 0; i < n; i++) {
    uint32_t p = twos_digit(a, i, &ca), q = twos_digit(b, i, &cb);
    x->digits[i] = op == kAnd ? p & q : op == kOr ? p | q : p ^ q;
  }
  if (x->digits[n - 1] >> 31) {
    x->negative = true;
    bool carry = true;
    for (uint32_t i = 0; i < n; i++) {
      x->digits[i] = ~x->digits[i];
      if (carry) carry = ++x->digits[i] == 0;
    }
  }
  return int_normalize(x);
}

Value power(Value base, Value exponent) {
  if (int_sign(exponent) < 0) {
    if (int_sign(base) == 0) {
      py_raise(&exc_ZeroDivisionError, "0.0 cannot be raised to a negative power");
    }
    return py_new_float(std::pow(int_to_double(base), int_to_double(exponent)));
  }
  int64_t e;
  bool fits = int_to_i64(exponent, &e);
  if (base == small_int(1) || base == small_int(0) || base == small_int(-1)) {
    if (int_sign(exponent) == 0) return small_int(1);
    Mag m;
    int_view(exponent, &m);
    return base == small_int(-1) ? small_int(m.d[0] & 1 ? -1 : 1) : base;
  }
  if (!fits) nlr_jump(vm.memory_error);
  Value result = small_int(1);
  size_t pool = gc_pool_top();
  while (e > 0) {
    if (e & 1) result = int_binary_op(kMul, result, base, false);
    e >>= 1;
    if (e) base = int_binary_op(kMul, base, base, false);
    gc_pool_reset(pool);
    if (!is_small(result)) gc_pool_push(result);
    if (!is_small(base)) gc_pool_push(base);
  }
  return result;
}

Value true_divide(Value a, Value b) {
  if (int_sign(b) == 0) py_raise(&exc_ZeroDivisionError, "division by zero");
  int64_t bits_a = int_bit_length(a), bits_b = int_bit_length(b);
  if (bits_a <= 53 && bits_b <= 53) return py_new_float(int_to_double(a) / int_to_double(b));
  if (bits_a == 0) return py_new_float(0.0);
  // A quotient of at least 55 bits with a sticky last bit rounds correctly.
  int64_t shift = bits_a - bits_b - 56;
  bool negative = (int_sign(a) < 0) != (int_sign(b) < 0);
  a = int_sign(a) < 0 ? py_unary_op(kNeg, a) : a;
  b = int_sign(b) < 0 ? py_unary_op(kNeg, b) : b;
  if (shift < 0) {
    a = int_shift_left(a, static_cast<uint64_t>(-shift));
  } else {
    b = int_shift_left(b, static_cast<uint64_t>(shift));
  }
  Value q, r;
  int_divmod(a, b, &q, &r, "division by zero");
  int64_t n;
  int_to_i64(q, &n);
  if (int_sign(r)) n |= 1;
  double d = std::ldexp(static_cast<double>(n), static_cast<int>(shift < -5000  ? -5000
                                                                 : shift > 5000 ? 5000
                                                                                : shift));
  if (std::isinf(d)) {
    py_raise(&exc_OverflowError, "integer division result too large for a float");
  }
  return py_new_float(negative ? -d : d);
}

Value shift(BinaryOp op, Value a, Value b) {
  if (int_sign(b) < 0) py_raise(&exc_ValueError, "negative shift count");
  int64_t n;
  bool fits = int_to_i64(b, &n);
  if (op == kLshift) {
    if (int_sign(a) == 0) return small_int(0);
    if (!fits) nlr_jump(vm.memory_error);
    return int_shift_left(a, static_cast<uint64_t>(n));
  }
  if (!fits) return small_int(int_sign(a) < 0 ? -1 : 0);
  return int_shift_right(a, static_cast<uint64_t>(n));
}

Value compare_result(BinaryOp op, int c) {
  switch (op) {
    case kLt:
      return py_bool(c < 0);
    case kLe:
      return py_bool(c <= 0);
    case kEq:
      return py_bool(c == 0);
    case kNe:
      return py_bool(c != 0);
    case kGt:
      return py_bool(c > 0);
    default:
      return py_bool(c >= 0);
  }
}

Value small_op(BinaryOp op, intptr_t x, intptr_t y, bool* done) {
  *done = true;
  intptr_t r;
  switch (op) {
    case kAdd:
      return int_from_i64(static_cast<int64_t>(x) + y);
    case kSub:
      return int_from_i64(static_cast<int64_t>(x) - y);
    case kMul:
      if (!__builtin_mul_overflow(x, y, &r)) return int_from_i64(r);
      break;
    case kFloorDiv:
    case kMod:
      if (y == 0 || (x == kSmallMin && y == -1)) break;
      r = x % y;
      if (op == kMod) return small_int(r != 0 && (r < 0) != (y < 0) ? r + y : r);
      return small_int(x / y - (r != 0 && (r < 0) != (y < 0) ? 1 : 0));
    case kAnd:
      return small_int(x & y);
    case kOr:
      return small_int(x | y);
    case kXor:
      return small_int(x ^ y);
    case kRshift:
      if (y >= 0)
        return small_int(x >> (y > 31 && y >= static_cast<intptr_t>(sizeof x * 8)
                                   ? sizeof x * 8 - 1
                                   : static_cast<size_t>(y)));
      break;
    case kLshift:
      if (y >= 0 && y < 62 && x >= 0 && (static_cast<int64_t>(x) >> (62 - y)) == 0) {
        return int_from_i64(static_cast<int64_t>(x) << y);
      }
      break;
    case kLt:
    case kLe:
    case kEq:
    case kNe:
    case kGt:
    case kGe:
      return compare_result(op, x < y ? -1 : x > y);
    default:
      break;
  }
  *done = false;
  return nullptr;
}
}  // namespace

Value int_binary_op(BinaryOp op, Value a, Value b, bool reflected) {
  if (!py_is_int(b)) return nullptr;
  if (reflected) {
    Value t = a;
    a = b;
    b = t;
  }
  if (is_small(a) && is_small(b)) {
    bool done;
    Value r = small_op(op, small_value(a), small_value(b), &done);
    if (done) return r;
  }
  if (op >= kLt) return compare_result(op, int_compare(a, b));
  Mag x, y;
  int_view(a, &x);
  int_view(b, &y);
  Value q, r;
  switch (op) {
    case kAdd:
      return add_signed(x, y, false);
    case kSub:
      return add_signed(x, y, true);
    case kMul:
      return multiply(x, y);
    case kAnd:
    case kOr:
    case kXor:
      return bitwise(op, x, y);
    case kFloorDiv:
      int_divmod(a, b, &q, nullptr, "integer division or modulo by zero");
      return q;
    case kMod:
      int_divmod(a, b, nullptr, &r, "integer modulo by zero");
      return r;
    case kDivMod: {
      int_divmod(a, b, &q, &r, "integer division or modulo by zero");
      Value pair[2] = {q, r};
      return val(py_new_tuple(2, pair));
    }
    case kTrueDiv:
      return true_divide(a, b);
    case kPow:
      return power(a, b);
    case kLshift:
    case kRshift:
      return shift(op, a, b);
    default:
      return nullptr;
  }
}

namespace {
Value bool_binary(BinaryOp op, Value a, Value b, bool reflected) {
  if (type_of(b) == &type_bool && (op == kAnd || op == kOr || op == kXor)) {
    bool x = a == py_true, y = b == py_true;
    return py_bool(op == kAnd ? x && y : op == kOr ? x || y : x != y);
  }
  return int_binary_op(op, a, b, reflected);
}

Value int_unary(UnaryOp op, Value v) {
  if (op == kInvert) return int_binary_op(kSub, small_int(-1), v, false);
  if (op == kNeg || (op == kAbs && int_sign(v) < 0)) {
    return int_binary_op(kSub, small_int(0), v, false);
  }
  return int_binary_op(kAdd, v, small_int(0), false);
}

void int_print_slot(BufObj* b, Value v, PrintKind) { int_print(b, v, 10); }

[[noreturn]] void invalid_literal(Value text, int64_t base) {
  py_raise(&exc_ValueError, "invalid literal for int() with base %d: %R", static_cast<int>(base),
           text);
}

Value int_make_new(Type* t, size_t n_args, size_t n_kw, const Value* args) {
  StrObj* allowed[] = {py_names.base, nullptr};
  py_kw_check("int", n_args, n_kw, args, allowed);
  Value base_value = n_args > 1 ? args[1] : py_kw_get(n_args, n_kw, args, py_names.base);
  if (n_args == 0) return small_int(0);
  if (n_args > 2)
    py_raise(&exc_TypeError, "int() takes at most 2 arguments (%d given)",
             static_cast<int>(n_args));
  Value v = args[0];
  (void)t;
  if (base_value && !py_is_str(v)) {
    py_raise(&exc_TypeError, "int() can't convert non-string with explicit base");
  }
  if (py_is_int(v)) return type_of(v) == &type_bool ? small_int(v == py_true) : v;
  if (py_is_float(v)) return int_from_double(float_value(v));
  if (py_is_str(v)) {
    int64_t base = base_value ? py_index(base_value) : 10;
    if (base != 0 && (base < 2 || base > 36)) {
      py_raise(&exc_ValueError, "int() base must be >= 2 and <= 36, or 0");
    }
    Value r = int_parse(to_str(v)->data, to_str(v)->bytes, static_cast<int>(base));
    if (!r && !to_str(v)->ascii()) {
      py_raise(&exc_NotImplementedError, "int() of text that is not ASCII");
    }
    if (!r) invalid_literal(v, base);
    return r;
  }
  Value method = type_of(v)->flags & kTypeUser ? py_lookup_special(v, py_names.int_) : nullptr;
  if (!method && (type_of(v)->flags & kTypeUser)) method = py_lookup_special(v, py_names.index);
  if (!method) {
    py_raise(&exc_TypeError,
             "int() argument must be a string, a bytes-like object or a real number, not '%N'", v);
  }
  Value r = py_call_0(method);
  if (!py_is_int(r)) py_raise(&exc_TypeError, "__int__ returned non-int (type %N)", r);
  return r;
}

Value bool_make_new(Type*, size_t n_args, size_t, const Value* args) {
  return py_bool(n_args && py_is_true(args[0]));
}

Value int_bit_length_method(size_t, size_t, const Value* a) {
  return int_from_i64(int_bit_length(a[0]));
}
Value int_bit_count(size_t, size_t, const Value* a) {
  Mag m;
  int_view(a[0], &m);
  int64_t n = 0;
  for (uint32_t i = 0; i < m.n; i++) n += __builtin_popcount(m.d[i]);
  return int_from_i64(n);
}
Value int_attr(Value v, StrObj* name) {
  if (Value r = py_generic_attr(v, name)) return r;
  if (!std::strcmp(name->data, "real") || !std::strcmp(name->data, "numerator")) {
    return int_unary(kPos, v);
  }
  if (!std::strcmp(name->data, "imag")) return small_int(0);
  return std::strcmp(name->data, "denominator") ? nullptr : small_int(1);
}
Value int_self(size_t, size_t, const Value* a) { return int_unary(kPos, a[0]); }
Value int_int(size_t, size_t, const Value* a) { return int_unary(kPos, a[0]); }
}  // namespace

void py_init_int() {
  py_type_setup(&type_int, "int", &type_object);
  py_type_setup(&type_bool, "bool", &type_int);
  for (Type* t : {&type_int, &type_bool}) {
    t->unary_op = int_unary;
    t->attr = int_attr;
    t->hash = int_hash;
    t->truth = [](Value v) { return int_sign(v) != 0; };
  }
  type_int.binary_op = int_binary_op;
  type_bool.binary_op = bool_binary;
  type_int.print = int_print_slot;
  type_bool.print = [](BufObj* b, Value v, PrintKind) {
    buf_cstr(b, v == py_true ? "True" : "False");
  };
  type_int.make_new = int_make_new;
  type_bool.make_new = bool_make_new;
  py_type_method(&type_int, "bit_length", int_bit_length_method, 1, 1);
  py_type_method(&type_int, "bit_count", int_bit_count, 1, 1);
  py_type_method(&type_int, "conjugate", int_self, 1, 1);
  py_type_method(&type_int, "__int__", int_int, 1, 1);
  py_type_method(&type_int, "__index__", int_int, 1, 1);
}
