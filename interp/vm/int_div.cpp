// Division and shifts of integers of any size (Knuth's algorithm D).
#include <cmath>
#include <cstring>

#include "vm/bigint.h"
#include "vm/runtime.h"

namespace {
// Divides x in place by one digit and returns the remainder.
uint32_t divide_digit(uint32_t* x, uint32_t n, uint32_t divisor) {
  uint64_t r = 0;
  for (uint32_t i = n; i-- > 0;) {
    r = (r << 32) | x[i];
    x[i] = static_cast<uint32_t>(r / divisor);
    r %= divisor;
  }
  return static_cast<uint32_t>(r);
}

// u has n + m + 1 digits and becomes the remainder; v has n >= 2 digits with its top bit set;
// q receives m + 1 digits.
void divide_long(uint32_t* u, const uint32_t* v, uint32_t* q, uint32_t n, uint32_t m) {
  constexpr uint64_t kBase = uint64_t{1} << 32;
  for (uint32_t j = m + 1; j-- > 0;) {
    uint64_t top = (uint64_t{u[j + n]} << 32) | u[j + n - 1];
    uint64_t guess = top / v[n - 1], rest = top % v[n - 1];
    while (guess >= kBase || guess * v[n - 2] > ((rest << 32) | u[j + n - 2])) {
      guess--;
      rest += v[n - 1];
      if (rest >= kBase) break;
    }
    int64_t borrow = 0;
    uint64_t carry = 0;
    for (uint32_t i = 0; i < n; i++) {
      carry += guess * v[i];
      int64_t d = int64_t{u[i + j]} - static_cast<int64_t>(carry & 0xffffffffu) + borrow;
      u[i + j] = static_cast<uint32_t>(d);
      borrow = d < 0 ? -1 : 0;
      carry >>= 32;
    }
    int64_t d = int64_t{u[j + n]} - static_cast<int64_t>(carry) + borrow;
    u[j + n] = static_cast<uint32_t>(d);
    if (d < 0) {  // one too many: add the divisor back
      guess--;
      uint64_t c = 0;
      for (uint32_t i = 0; i < n; i++) {
        c += uint64_t{u[i + j]} + v[i];
        u[i + j] = static_cast<uint32_t>(c);
        c >>= 32;
      }
      u[j + n] += static_cast<uint32_t>(c);
    }
    q[j] = static_cast<uint32_t>(guess);
  }
}

void shift_digits_left(uint32_t* out, const uint32_t* in, uint32_t n, int bits) {
  uint32_t carry = 0;
  for (uint32_t i = 0; i < n; i++) {
    uint32_t d = in[i];
    out[i] = (d << bits) | carry;
    carry = bits ? d >> (32 - bits) : 0;
  }
  out[n] = carry;
}
}  // namespace

void int_divmod(Value a, Value b, Value* quotient, Value* remainder, const char* zero_message) {
  Mag x, y;
  int_view(a, &x);
  int_view(b, &y);
  if (y.n == 0) py_raise(&exc_ZeroDivisionError, "%s", zero_message);
  Value q, r;
  if (mag_compare(x, y) < 0) {
    q = small_int(0);
    r = int_binary_op(kAdd, a, small_int(0), false);
  } else {
    uint32_t m = x.n - y.n;
    IntObj* qo = int_alloc(uint64_t{m} + 1);
    IntObj* ro = int_alloc(uint64_t{x.n} + 1);
    if (y.n == 1) {
      std::memcpy(ro->digits, x.d, x.n * 4);
      uint32_t rest = divide_digit(ro->digits, x.n, y.d[0]);
      std::memcpy(qo->digits, ro->digits, x.n * 4);
      std::memset(ro->digits, 0, x.n * 4);
      ro->digits[0] = rest;
    } else {
      int bits = __builtin_clz(y.d[y.n - 1]);
      IntObj* v = int_alloc(uint64_t{y.n} + 1);
      shift_digits_left(v->digits, y.d, y.n, bits);
      shift_digits_left(ro->digits, x.d, x.n, bits);
      divide_long(ro->digits, v->digits, qo->digits, y.n, m);
      uint32_t carry = 0;
      for (uint32_t i = ro->n; i-- > 0;) {
        uint32_t d = ro->digits[i];
        ro->digits[i] = bits ? (d >> bits) | carry : d;
        carry = bits ? d << (32 - bits) : 0;
      }
    }
    qo->negative = x.negative != y.negative;
    ro->negative = x.negative;
    q = int_normalize(qo);
    r = int_normalize(ro);
  }
  if (int_sign(r) != 0 && x.negative != y.negative) {  // round towards minus infinity
    if (quotient) q = int_binary_op(kSub, q, small_int(1), false);
    if (remainder) r = int_binary_op(kAdd, r, b, false);
  }
  if (quotient) *quotient = q;
  if (remainder) *remainder = r;
}

Value int_shift_left(Value v, uint64_t bits) {
  Mag m;
  int_view(v, &m);
  if (m.n == 0) return small_int(0);
  uint64_t digits = bits / 32;
  IntObj* x = int_alloc(m.n + digits + 1);
  shift_digits_left(x->digits + digits, m.d, m.n, static_cast<int>(bits % 32));
  x->negative = m.negative;
  return int_normalize(x);
}

Value int_shift_right(Value v, uint64_t bits) {
  Mag m;
  int_view(v, &m);
  if (m.negative) {  // floor: -((-v - 1) >> bits) - 1
    Value w = int_binary_op(kSub, small_int(-1), v, false);
    return int_binary_op(kSub, small_int(-1), int_shift_right(w, bits), false);
  }
  uint64_t digits = bits / 32;
  if (digits >= m.n) return small_int(0);
  auto n = static_cast<uint32_t>(m.n - digits);
  int b = static_cast<int>(bits % 32);
  IntObj* x = int_alloc(n);
  for (uint32_t i = 0; i < n; i++) {
    uint32_t low = m.d[i + digits] >> b;
    uint32_t high = b && i + 1 < n ? m.d[i + digits + 1] << (32 - b) : 0;
    x->digits[i] = low | high;
  }
  return int_normalize(x);
}

double int_to_double(Value v) {
  Mag m;
  int_view(v, &m);
  uint64_t bits = mag_bits(m);
  double d;
  if (bits <= 64) {
    uint64_t u = m.n ? m.d[0] : 0;
    if (m.n == 2) u |= static_cast<uint64_t>(m.d[1]) << 32;
    d = static_cast<double>(u);
  } else {
    if (bits > 1024) py_raise(&exc_OverflowError, "int too large to convert to float");
    // The top 64 bits, the last one sticky, round as the whole number does.
    uint64_t shift = bits - 64;
    uint64_t top = 0;
    bool sticky = false;
    for (uint64_t i = 0; i < bits; i++) {
      bool bit = (m.d[i / 32] >> (i % 32)) & 1;
      if (i < shift) {
        sticky = sticky || bit;
      } else if (bit) {
        top |= uint64_t{1} << (i - shift);
      }
    }
    d = std::ldexp(static_cast<double>(top | (sticky ? 1 : 0)), static_cast<int>(shift));
    if (std::isinf(d)) py_raise(&exc_OverflowError, "int too large to convert to float");
  }
  return m.negative ? -d : d;
}

Value int_from_double(double d) {
  if (std::isnan(d)) py_raise(&exc_ValueError, "cannot convert float NaN to integer");
  if (std::isinf(d)) py_raise(&exc_OverflowError, "cannot convert float infinity to integer");
  d = std::trunc(d);
  if (std::fabs(d) < 9e18) return int_from_i64(static_cast<int64_t>(d));
  int exponent;
  double m = std::frexp(d, &exponent);
  auto mantissa = static_cast<int64_t>(std::ldexp(m, 53));
  return int_shift_left(int_from_i64(mantissa), static_cast<uint64_t>(exponent - 53));
}
