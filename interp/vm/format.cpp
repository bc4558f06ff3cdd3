// Formatting of single values by a format spec; see format.h.
#include "vm/format.h"

#include <cmath>
#include <cstring>

#include "vm/runtime.h"

void py_parse_spec(StrObj* spec, FormatSpec* f, Value v) {
  const char* p = spec->data;
  const char* end = p + spec->bytes;
  auto is_align = [](char c) { return c == '<' || c == '>' || c == '^' || c == '='; };
  if (p < end) {
    const char* q = p;
    uint32_t c = utf8_decode(q);
    if (q < end && is_align(*q)) {
      f->fill = c;
      f->align = *q;
      p = q + 1;
    } else if (is_align(*p)) {
      f->align = *p++;
    }
  }
  if (p < end && (*p == '+' || *p == '-' || *p == ' ')) f->sign = *p++;
  if (p < end && *p == 'z') py_raise(&exc_NotImplementedError, "the 'z' format option");
  if (p < end && *p == '#') {
    f->alternate = true;
    p++;
  }
  if (p < end && *p == '0') {
    f->zero = true;
    if (!f->align) {
      f->fill = '0';
      f->align = type_of(v) == &type_str ? '<' : '=';
    }
    p++;
  }
  auto number = [&](int64_t limit) {
    int64_t n = 0;
    while (p < end && *p >= '0' && *p <= '9') {
      n = n * 10 + (*p++ - '0');
      if (n > limit) py_raise(&exc_ValueError, "Too many decimal digits in format string");
    }
    return n;
  };
  f->width = number(1 << 24);
  if (p < end && (*p == ',' || *p == '_')) f->grouping = *p++;
  if (p < end && *p == '.') {
    p++;
    if (p == end || *p < '0' || *p > '9') {
      py_raise(&exc_ValueError, "Format specifier missing precision");
    }
    f->precision = number(1 << 24);
  }
  if (p < end) f->type = *p++;
  if (p != end) {
    py_raise(&exc_ValueError, "Invalid format specifier '%S' for object of type '%N'", spec, v);
  }
}

namespace {
// Writes prefix and digits with padding; `digits` has its integer part first.
void write_number(BufObj* b, const char* prefix, const char* digits, size_t n, const FormatSpec& f,
                  int group) {
  size_t whole = 0;
  while (whole < n && digits[whole] != '.' && digits[whole] != 'e' && digits[whole] != '%' &&
         digits[whole] != 'E') {
    whole++;
  }
  auto prefix_n = static_cast<int64_t>(std::strlen(prefix));
  auto rest = static_cast<int64_t>(n - whole);
  int64_t digits_n = static_cast<int64_t>(whole);
  char align = f.align ? f.align : '>';
  // With fill '0' and '=' the zeros are grouped like digits.
  if (f.grouping && align == '=' && f.fill == '0') {
    while (digits_n + (digits_n - 1) / group + prefix_n + rest < f.width) digits_n++;
  }
  int64_t separators = f.grouping && digits_n > 0 ? (digits_n - 1) / group : 0;
  int64_t total = prefix_n + digits_n + separators + rest;
  int64_t pad = f.width > total ? f.width - total : 0;
  int64_t left = align == '>' ? pad : align == '^' ? pad / 2 : 0;
  buf_repeat(b, f.fill, left);
  buf_cstr(b, prefix);
  if (align == '=') buf_repeat(b, f.fill, pad);
  for (int64_t i = 0; i < digits_n; i++) {
    int64_t k = i - (digits_n - static_cast<int64_t>(whole));
    buf_char(b, k < 0 ? '0' : digits[k]);
    int64_t after = digits_n - 1 - i;
    if (f.grouping && after > 0 && after % group == 0) buf_char(b, f.grouping);
  }
  buf_add(b, digits + whole, n - whole);
  if (align != '=') buf_repeat(b, f.fill, pad - left);
}

[[noreturn]] void unknown_code(char c, const char* type) {
  char text[2] = {c, 0};
  py_raise(&exc_ValueError, "Unknown format code '%s' for object of type '%s'", text, type);
}
}  // namespace

void py_format_text(BufObj* b, StrObj* s, const FormatSpec& f) {
  if (f.type && f.type != 's') unknown_code(f.type, "str");
  if (f.sign != '-') py_raise(&exc_ValueError, "Sign not allowed in string format specifier");
  if (f.alternate) {
    py_raise(&exc_ValueError, "Alternate form (#) not allowed in string format specifier");
  }
  if (f.grouping) {
    py_raise(&exc_ValueError, "Cannot specify '%s' with 's'.", f.grouping == ',' ? "," : "_");
  }
  if (f.align == '=') {
    py_raise(&exc_ValueError, "'=' alignment not allowed in string format specifier");
  }
  const char* p = s->data;
  int64_t n = s->length;
  size_t bytes = s->bytes;
  if (f.precision >= 0 && f.precision < n) {
    const char* q = p;
    for (int64_t i = 0; i < f.precision; i++) utf8_decode(q);
    bytes = static_cast<size_t>(q - p);
    n = f.precision;
  }
  int64_t pad = f.width > n ? f.width - n : 0;
  int64_t left = f.align == '>' ? pad : f.align == '^' ? pad / 2 : 0;
  buf_repeat(b, f.fill, left);
  buf_add(b, p, bytes);
  buf_repeat(b, f.fill, pad - left);
}

void py_format_int(BufObj* b, Value v, const FormatSpec& f) {
  char type = f.type ? f.type : 'd';
  if (std::strchr("eEfFgG%", type)) return py_format_float(b, int_to_double(v), f);
  if (f.precision >= 0) {
    py_raise(&exc_ValueError, "Precision not allowed in integer format specifier");
  }
  if (type == 'c') {
    if (f.sign != '-')
      py_raise(&exc_ValueError, "Sign not allowed with integer format specifier 'c'");
    int64_t c = py_index(v);
    if (c < 0 || c > 0x10ffff) py_raise(&exc_OverflowError, "%%c arg not in range(0x110000)");
    FormatSpec text = f;
    text.type = 0;
    return py_format_text(b, to_str(py_str_from_code(static_cast<uint32_t>(c))), text);
  }
  int base = type == 'd' || type == 'n' ? 10
             : (type | 32) == 'x'       ? 16
             : type == 'o'              ? 8
             : type == 'b'              ? 2
                                        : 0;
  if (!base) unknown_code(type, "int");
  if (f.grouping == ',' && base != 10) {
    char text[2] = {type, 0};
    py_raise(&exc_ValueError, "Cannot specify ',' with '%s'.", text);
  }
  BufObj* digits = py_new_buf();
  int_print(digits, v, base);
  const char* d = digits->data;
  size_t n = digits->n;
  bool negative = *d == '-';
  if (negative) {
    d++;
    n--;
  }
  if (type == 'X') {
    for (size_t i = 0; i < digits->n; i++) {
      char& c = digits->data[i];
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
    }
  }
  char prefix[4] = {0};
  size_t k = 0;
  if (negative) {
    prefix[k++] = '-';
  } else if (f.sign != '-') {
    prefix[k++] = f.sign;
  }
  if (f.alternate && base != 10) {
    prefix[k++] = '0';
    prefix[k++] = type;
  }
  write_number(b, prefix, d, n, f, base == 10 ? 3 : 4);
}

void py_format_float(BufObj* b, double d, const FormatSpec& f) {
  char type = f.type;
  if (type && !std::strchr("eEfFgGn%", type)) unknown_code(type, "float");
  BufObj* digits = py_new_buf();
  bool negative = std::signbit(d) && !std::isnan(d);
  double magnitude = std::fabs(d);
  int precision = static_cast<int>(f.precision);
  if (std::isnan(d) || std::isinf(d)) {
    buf_cstr(digits, std::isnan(d) ? "nan" : "inf");
    if (type == '%') buf_char(digits, '%');
    if (type == 'E' || type == 'F' || type == 'G') {
      for (size_t i = 0; i < digits->n; i++)
        digits->data[i] = static_cast<char>(digits->data[i] & ~32);
    }
  } else if (!type && precision < 0) {
    float_repr(digits, magnitude);
  } else if (!type) {
    // Like 'g', but with at least one digit after the point.
    if (precision == 0) precision = 1;
    char text[64];
    if (precision > 40) py_raise(&exc_NotImplementedError, "a float precision above 40");
    std::snprintf(text, sizeof text, "%.*e", precision - 1, magnitude);
    int exponent = std::atoi(std::strchr(text, 'e') + 1);
    if (exponent < -4 || exponent >= precision - (magnitude != 0 ? 1 : 0)) {
      // Scientific, without trailing zeros.
      char* e = std::strchr(text, 'e');
      char* q = e;
      if (std::memchr(text, '.', static_cast<size_t>(e - text))) {
        while (q[-1] == '0') q--;
        if (q[-1] == '.') q--;
      }
      buf_add(digits, text, static_cast<size_t>(q - text));
      buf_cstr(digits, e);
    } else {
      float_format(digits, magnitude, 'g', precision, false);
      if (!std::memchr(digits->data, '.', digits->n)) buf_cstr(digits, ".0");
    }
  } else if (type == '%') {
    float_format(digits, magnitude * 100, 'f', precision < 0 ? 6 : precision, f.alternate);
    buf_char(digits, '%');
  } else {
    if ((type == 'g' || type == 'G' || type == 'n') && precision == 0) precision = 1;
    float_format(digits, magnitude, type == 'n' ? 'g' : type, precision < 0 ? 6 : precision,
                 f.alternate);
  }
  char prefix[2] = {negative ? '-' : f.sign != '-' ? f.sign : '\0', 0};
  write_number(b, prefix, digits->data, digits->n, f, 3);
}

StrObj* py_format(Value v, StrObj* spec) {
  Type* t = type_of(v);
  if (t->flags & kTypeUser) {
    Value method = py_lookup_special(v, py_names.format);
    Value r = py_call_1(method, val(spec));
    if (!py_is_str(r)) py_raise(&exc_TypeError, "__format__ must return a str, not %N", r);
    return to_str(r);
  }
  if (spec->bytes == 0) return py_str(v);
  FormatSpec f;
  BufObj* b = py_new_buf();
  if (t == &type_int || t == &type_bool) {
    py_parse_spec(spec, &f, v);
    if (t == &type_bool && !f.type) {
      // An empty type code prints a bool as its number only through int; CPython does the same.
      f.type = 'd';
    }
    py_format_int(b, v, f);
  } else if (t == &type_float) {
    py_parse_spec(spec, &f, v);
    py_format_float(b, float_value(v), f);
  } else if (t == &type_str) {
    py_parse_spec(spec, &f, v);
    py_format_text(b, to_str(v), f);
  } else {
    py_raise(&exc_TypeError, "unsupported format string passed to %N.__format__", v);
  }
  return buf_finish(b);
}
