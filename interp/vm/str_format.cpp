// The % operator of strings and str.format.
#include <cstring>

#include "vm/format.h"
#include "vm/runtime.h"

Value py_str_percent(StrObj* format, Value args) {
  BufObj* b = py_new_buf();
  bool is_tuple = type_of(args) == &type_tuple;
  bool is_dict = type_of(args) == &type_dict;
  size_t next = 0;
  bool used_mapping = false;
  auto take = [&]() -> Value {
    if (is_tuple) {
      auto* t = as<TupleObj>(args);
      if (next >= t->n) py_raise(&exc_TypeError, "not enough arguments for format string");
      return t->items[next++];
    }
    if (next++ > 0) py_raise(&exc_TypeError, "not enough arguments for format string");
    return args;
  };
  const char* p = format->data;
  const char* end = p + format->bytes;
  while (p < end) {
    if (*p != '%') {
      buf_char(b, *p++);
      continue;
    }
    if (++p == end) py_raise(&exc_ValueError, "incomplete format");
    if (*p == '%') {
      buf_char(b, *p++);
      continue;
    }
    FormatSpec f;
    f.align = '>';
    Value v = nullptr;
    if (*p == '(') {
      const char* start = ++p;
      int depth = 1;
      while (p < end && depth) {
        if (*p == '(') depth++;
        if (*p == ')') depth--;
        p++;
      }
      if (depth) py_raise(&exc_ValueError, "incomplete format key");
      if (!is_dict) py_raise(&exc_TypeError, "format requires a mapping");
      v = py_subscr(args, val(py_new_str(start, static_cast<size_t>(p - 1 - start))));
      used_mapping = true;
    }
    bool left = false;
    for (; p < end; p++) {
      if (*p == '-') {
        left = true;
      } else if (*p == '+') {
        f.sign = '+';
      } else if (*p == ' ') {
        if (f.sign != '+') f.sign = ' ';
      } else if (*p == '0') {
        f.zero = true;
      } else if (*p == '#') {
        f.alternate = true;
      } else {
        break;
      }
    }
    auto number = [&]() -> int64_t {
      if (p < end && *p == '*') {
        p++;
        Value n = take();
        if (!py_is_int(n)) py_raise(&exc_TypeError, "* wants int");
        return py_index(n);
      }
      int64_t n = 0;
      while (p < end && *p >= '0' && *p <= '9' && n < (1 << 24)) n = n * 10 + (*p++ - '0');
      return n;
    };
    f.width = number();
    if (f.width < 0) {
      left = true;
      f.width = -f.width;
    }
    if (p < end && *p == '.') {
      p++;
      f.precision = number();
    }
    if (p < end && (*p == 'l' || *p == 'h' || *p == 'L')) p++;
    if (p == end) py_raise(&exc_ValueError, "incomplete format");
    char c = *p++;
    if (!v) v = take();
    if (left) f.align = '<';
    if (c == 's' || c == 'r' || c == 'a') {
      if (c == 'a') py_raise(&exc_NotImplementedError, "%%a");
      f.sign = '-';
      f.alternate = false;
      py_format_text(b, c == 's' ? py_str(v) : py_repr(v), f);
      continue;
    }
    if (f.zero && !left) {
      f.align = '=';
      f.fill = '0';
    }
    if (c == 'c') {
      f.sign = '-';
      if (py_is_str(v) && to_str(v)->length == 1) {
        py_format_text(b, to_str(v), f);
      } else if (py_is_int(v)) {
        f.type = 'c';
        f.precision = -1;
        py_format_int(b, v, f);
      } else {
        py_raise(&exc_TypeError, "%%c requires int or char");
      }
    } else if (std::strchr("diuxXo", c)) {
      char name[2] = {c, 0};
      if (py_is_float(v) && (c == 'd' || c == 'i' || c == 'u')) {
        v = int_from_double(float_value(v));
      } else if (!py_is_int(v)) {
        if (c == 'x' || c == 'X' || c == 'o') {
          py_raise(&exc_TypeError, "%%%s format: an integer is required, not %N", name, v);
        }
        py_raise(&exc_TypeError, "%%%s format: a real number is required, not %N", name, v);
      }
      if (f.precision >= 0) py_raise(&exc_NotImplementedError, "a precision with %%%s", name);
      f.type = c == 'i' || c == 'u' ? 'd' : c;
      py_format_int(b, v, f);
    } else if (std::strchr("eEfFgG", c)) {
      double d;
      if (!py_to_double(v, &d)) py_raise(&exc_TypeError, "must be real number, not %N", v);
      f.type = c;
      py_format_float(b, d, f);
    } else {
      char name[2] = {c, 0};
      char code[8];
      std::snprintf(code, sizeof code, "0x%x", static_cast<unsigned>(c));
      py_raise(&exc_ValueError, "unsupported format character '%s' (%s) at index %d", name, code,
               static_cast<int>(p - 1 - format->data));
    }
  }
  if (!used_mapping && !is_dict && (is_tuple ? next < as<TupleObj>(args)->n : next == 0)) {
    py_raise(&exc_TypeError, "not all arguments converted during string formatting");
  }
  return val(buf_finish(b));
}

namespace {
struct FormatCall {
  size_t n_args, n_kw;
  const Value* args;
  int64_t next;  // automatic numbering; -1 after a number was given
};

// Evaluates "0", "name", "0.attr[key]".
Value field_value(FormatCall* c, const char* p, const char* end) {
  const char* start = p;
  while (p < end && *p != '.' && *p != '[') p++;
  auto n = static_cast<size_t>(p - start);
  Value v;
  bool numeric = n > 0;
  for (const char* q = start; q < p; q++) numeric = numeric && *q >= '0' && *q <= '9';
  if (n == 0 || numeric) {
    int64_t i = 0;
    if (n == 0) {
      if (c->next < 0) {
        py_raise(&exc_ValueError,
                 "cannot switch from manual field specification to automatic field numbering");
      }
      i = c->next++;
    } else {
      if (c->next > 0) {
        py_raise(&exc_ValueError,
                 "cannot switch from automatic field numbering to manual field specification");
      }
      c->next = -1;
      for (const char* q = start; q < p && i < 100000; q++) i = i * 10 + (*q - '0');
    }
    if (i + 1 >= static_cast<int64_t>(c->n_args)) {
      py_raise(&exc_IndexError, "Replacement index %d out of range for positional args tuple",
               static_cast<int>(i));
    }
    v = c->args[i + 1];
  } else {
    StrObj* name = py_new_str(start, n);
    v = py_kw_get(c->n_args, c->n_kw, c->args, name);
    if (!v) py_raise_value(&exc_KeyError, val(name));
  }
  while (p < end) {
    if (*p == '.') {
      const char* q = ++p;
      while (p < end && *p != '.' && *p != '[') p++;
      v = py_load_attr(v, py_intern(q, static_cast<size_t>(p - q)));
    } else {
      const char* q = ++p;
      while (p < end && *p != ']') p++;
      if (p == end) py_raise(&exc_ValueError, "expected '}' before end of string");
      StrObj* key = py_new_str(q, static_cast<size_t>(p - q));
      Value i = int_parse(key->data, key->bytes, 10);
      bool digits = key->bytes > 0 && key->data[0] >= '0' && key->data[0] <= '9';
      v = py_subscr(v, i && digits ? i : val(key));
      p++;
    }
  }
  return v;
}

void format_into(BufObj* b, FormatCall* c, const char* p, const char* end, int depth) {
  if (depth > 2) py_raise(&exc_ValueError, "Max string recursion exceeded");
  while (p < end) {
    if (*p == '}') {
      if (p + 1 < end && p[1] == '}') {
        buf_char(b, '}');
        p += 2;
        continue;
      }
      py_raise(&exc_ValueError, "Single '}' encountered in format string");
    }
    if (*p != '{') {
      buf_char(b, *p++);
      continue;
    }
    if (p + 1 < end && p[1] == '{') {
      buf_char(b, '{');
      p += 2;
      continue;
    }
    if (p + 1 == end) py_raise(&exc_ValueError, "Single '{' encountered in format string");
    const char* start = ++p;
    int nesting = 1;
    bool bracket = false;
    while (p < end) {
      if (*p == '[') bracket = true;
      if (*p == ']') bracket = false;
      if (*p == '{') nesting++;
      if (*p == '}' && --nesting == 0) break;
      if ((*p == ':' || *p == '!') && nesting == 1 && !bracket) break;
      p++;
    }
    const char* name_end = p;
    char conversion = 0;
    if (p < end && *p == '!') {
      conversion = p + 1 < end ? p[1] : 0;
      p += 2;
      if (p >= end || (*p != ':' && *p != '}')) {
        py_raise(&exc_ValueError, "expected ':' after conversion specifier");
      }
    }
    const char* spec_start = p;
    const char* spec_end = p;
    if (p < end && *p == ':') {
      spec_start = ++p;
      while (p < end) {
        if (*p == '{') nesting++;
        if (*p == '}' && --nesting == 0) break;
        p++;
      }
      spec_end = p;
    }
    if (p >= end) py_raise(&exc_ValueError, "expected '}' before end of string");
    p++;
    Value v = field_value(c, start, name_end);
    if (conversion == 'r') {
      v = val(py_repr(v));
    } else if (conversion == 's') {
      v = val(py_str(v));
    } else if (conversion) {
      char text[2] = {conversion, 0};
      py_raise(&exc_ValueError, "Unknown conversion specifier '%s'", text);
    }
    BufObj* spec = py_new_buf();
    auto spec_n = static_cast<size_t>(spec_end - spec_start);
    if (std::memchr(spec_start, '{', spec_n)) {
      format_into(spec, c, spec_start, spec_end, depth + 1);
    } else {
      buf_add(spec, spec_start, spec_n);
    }
    buf_str(b, py_format(v, buf_finish(spec)));
  }
}
}  // namespace

Value py_str_format_method(size_t n_args, size_t n_kw, const Value* args) {
  FormatCall c = {n_args, n_kw, args, 0};
  BufObj* b = py_new_buf();
  StrObj* s = to_str(args[0]);
  format_into(b, &c, s->data, s->data + s->bytes, 1);
  return val(buf_finish(b));
}
