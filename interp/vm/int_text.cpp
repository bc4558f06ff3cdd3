// Integers to text and back.
#include <cstring>

#include "vm/bigint.h"
#include "vm/runtime.h"

namespace {
constexpr size_t kMaxDecimalDigits = 4300;  // as in CPython, whose conversion has this limit

void reverse(char* p, size_t n) {
  for (size_t i = 0; i < n / 2; i++) {
    char c = p[i];
    p[i] = p[n - 1 - i];
    p[n - 1 - i] = c;
  }
}

// `digits` is their number where the text is known, else 0.
[[noreturn]] void too_many_digits(size_t digits) {
  StrObj* have = py_names.empty;
  if (digits) have = py_str_format(": value has %d digits", static_cast<int>(digits));
  py_raise(&exc_ValueError,
           "Exceeds the limit (4300 digits) for integer string conversion%S; use "
           "sys.set_int_max_str_digits() to increase the limit",
           have);
}
}  // namespace

void int_print(BufObj* b, Value v, int base) {
  if (is_small(v) && base == 10) return buf_int(b, small_value(v));
  Mag m;
  int_view(v, &m);
  if (m.negative) buf_char(b, '-');
  if (m.n == 0) {
    buf_char(b, '0');
    return;
  }
  // Work on a copy, dividing by the largest power of the base in a digit.
  uint32_t chunk = static_cast<uint32_t>(base);
  int chunk_digits = 1;
  while (uint64_t{chunk} * static_cast<uint32_t>(base) <= 0xffffffffu) {
    chunk *= static_cast<uint32_t>(base);
    chunk_digits++;
  }
  if (base == 10 && m.n > 460) too_many_digits(0);
  IntObj* x = int_alloc(m.n);
  std::memcpy(x->digits, m.d, m.n * 4);
  uint32_t n = m.n;
  size_t start = b->n;
  while (n) {
    uint64_t r = 0;
    for (uint32_t i = n; i-- > 0;) {
      r = (r << 32) | x->digits[i];
      x->digits[i] = static_cast<uint32_t>(r / chunk);
      r %= chunk;
    }
    while (n && x->digits[n - 1] == 0) n--;
    for (int i = 0; i < chunk_digits && (n || r); i++) {
      buf_char(b, "0123456789abcdefghijklmnopqrstuvwxyz"[r % static_cast<uint32_t>(base)]);
      r /= static_cast<uint32_t>(base);
    }
  }
  if (base == 10 && b->n - start > kMaxDecimalDigits) too_many_digits(0);
  reverse(b->data + start, b->n - start);
}

Value int_parse(const char* p, size_t n, int base) {
  const char* end = p + n;
  auto space = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  while (p < end && space(*p)) p++;
  while (end > p && space(end[-1])) end--;
  bool negative = false;
  if (p < end && (*p == '-' || *p == '+')) negative = *p++ == '-';
  bool prefixed = false;
  if (end - p > 2 && *p == '0') {
    char c = p[1] | 0x20;
    int implied = c == 'x' ? 16 : c == 'o' ? 8 : c == 'b' ? 2 : 0;
    if (implied && (base == 0 || base == implied)) {
      base = implied;
      p += 2;
      prefixed = true;
    }
  }
  bool zero_only = base == 0 && p < end && *p == '0';
  if (base == 0) base = 10;
  if (p == end) return nullptr;
  auto length = static_cast<size_t>(end - p);
  if (base == 10 && length > kMaxDecimalDigits) {
    size_t digits = 0;
    for (const char* q = p; q < end; q++) digits += *q != '_';
    if (digits > kMaxDecimalDigits) too_many_digits(digits);
  }
  IntObj* x = int_alloc(length * 6 / 32 + 2);
  uint32_t used = 0;
  bool last_underscore = !prefixed;
  for (; p < end; p++) {
    if (*p == '_') {
      if (last_underscore) return nullptr;
      last_underscore = true;
      continue;
    }
    last_underscore = false;
    int d = *p >= '0' && *p <= '9'   ? *p - '0'
            : *p >= 'a' && *p <= 'z' ? *p - 'a' + 10
            : *p >= 'A' && *p <= 'Z' ? *p - 'A' + 10
                                     : 99;
    if (d >= base) return nullptr;
    if (zero_only && d != 0) return nullptr;
    uint64_t carry = static_cast<uint64_t>(d);
    for (uint32_t i = 0; i < used; i++) {
      carry += uint64_t{x->digits[i]} * static_cast<uint32_t>(base);
      x->digits[i] = static_cast<uint32_t>(carry);
      carry >>= 32;
    }
    if (carry) x->digits[used++] = static_cast<uint32_t>(carry);
  }
  if (last_underscore) return nullptr;
  x->negative = negative;
  return int_normalize(x);
}
