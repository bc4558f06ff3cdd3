// The methods of str.
#include <cstring>

#include "vm/runtime.h"
#include "vm/unicode.h"

namespace {
const char* kSpaces = " \t\n\r\v\f\x1c\x1d\x1e\x1f";

bool is_space(uint32_t c) {
  return (c < 0x80 && c && std::strchr(kSpaces, static_cast<int>(c))) || c == 0x85 || c == 0xa0 ||
         c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
         c == 0x205f || c == 0x3000;
}
bool is_digit(uint32_t c) { return c >= '0' && c <= '9'; }

// Letters: ASCII, Latin-1, Latin Extended-A, Greek and Cyrillic have case; the rest has none here.
uint32_t to_lower(uint32_t c) {
  if (c >= 'A' && c <= 'Z') return c + 32;
  if (c < 0xc0) return c;
  if (c <= 0xde) return c == 0xd7 ? c : c + 32;
  if (c >= 0x100 && c <= 0x137) return c == 0x130 ? 'i' : c | 1;
  if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17e)) return c & 1 ? c + 1 : c;
  if (c >= 0x14a && c <= 0x177) return c | 1;
  if (c == 0x178) return 0xff;
  if (c >= 0x391 && c <= 0x3a9) return c + 32;
  if (c >= 0x410 && c <= 0x42f) return c + 32;
  if (c >= 0x400 && c <= 0x40f) return c + 80;
  return c;
}
uint32_t to_upper(uint32_t c) {
  if (c >= 'a' && c <= 'z') return c - 32;
  if (c < 0xb5) return c;
  if (c >= 0xe0 && c <= 0xfe) return c == 0xf7 ? c : c - 32;
  if (c == 0xff) return 0x178;
  if (c >= 0x100 && c <= 0x137) return c == 0x131 ? 'I' : c & ~1u;
  if ((c >= 0x13a && c <= 0x148) || (c >= 0x179 && c <= 0x17e)) return c & 1 ? c : c - 1;
  if (c >= 0x14a && c <= 0x177) return c & ~1u;
  if (c >= 0x3b1 && c <= 0x3c9) return c == 0x3c2 ? 0x3a3 : c - 32;
  if (c >= 0x430 && c <= 0x44f) return c - 32;
  if (c >= 0x450 && c <= 0x45f) return c - 80;
  return c;
}
bool is_upper(uint32_t c) { return to_lower(c) != c; }
bool is_lower(uint32_t c) { return to_upper(c) != c || c == 0xdf || c == 0xaa || c == 0xba; }
bool is_alpha(uint32_t c) {
  if (c < 0x80) return (c | 32) >= 'a' && (c | 32) <= 'z';
  return is_upper(c) || is_lower(c) || (c >= 0x370 && c < 0x2000 && c != 0x37e && c != 0x387) ||
         (c >= 0x3040 && c <= 0xd7a3) || (c >= 0x138 && c < 0x2b0);
}

StrObj* self(const Value* a) { return to_str(a[0]); }

uint32_t known(uint32_t c) {
  if (!unicode_case_known(c)) {
    char text[16];
    std::snprintf(text, sizeof text, "U+%04X", c);
    py_raise(&exc_NotImplementedError, "the case and class of the character %s", text);
  }
  return c;
}

template <class F>
Value map_text(StrObj* s, F fn) {
  BufObj* b = py_new_buf();
  const char* p = s->data;
  const char* end = p + s->bytes;
  bool first = true, after_cased = false;
  while (p < end) {
    uint32_t c = known(utf8_decode(p));
    fn(b, c, first, after_cased);
    after_cased = is_upper(c) || is_lower(c);
    first = false;
  }
  return val(buf_finish(b));
}
void put(BufObj* b, uint32_t c) { buf_repeat(b, c, 1); }
void put_upper(BufObj* b, uint32_t c) {
  if (c == 0xdf) return buf_cstr(b, "SS");
  put(b, to_upper(c));
}

void put_title(BufObj* b, uint32_t c) {
  if (c == 0xdf) return buf_cstr(b, "Ss");
  put(b, to_upper(c));
}

Value str_casefold(size_t, size_t, const Value* a) {
  return map_text(self(a), [](BufObj* b, uint32_t c, bool, bool) {
    if (c == 0xdf) return buf_cstr(b, "ss");
    put(b, to_lower(c));
  });
}
Value str_lower(size_t, size_t, const Value* a) {
  return map_text(self(a), [](BufObj* b, uint32_t c, bool, bool) { put(b, to_lower(c)); });
}
Value str_upper(size_t, size_t, const Value* a) {
  return map_text(self(a), [](BufObj* b, uint32_t c, bool, bool) { put_upper(b, c); });
}
Value str_swapcase(size_t, size_t, const Value* a) {
  return map_text(self(a), [](BufObj* b, uint32_t c, bool, bool) {
    if (is_upper(c)) {
      put(b, to_lower(c));
    } else {
      put_upper(b, c);
    }
  });
}
Value str_capitalize(size_t, size_t, const Value* a) {
  return map_text(self(a), [](BufObj* b, uint32_t c, bool first, bool) {
    if (first) {
      put_title(b, c);
    } else {
      put(b, to_lower(c));
    }
  });
}
Value str_title(size_t, size_t, const Value* a) {
  return map_text(self(a), [](BufObj* b, uint32_t c, bool, bool after) {
    if (after) {
      put(b, to_lower(c));
    } else {
      put_title(b, c);
    }
  });
}

template <bool (*test)(uint32_t)>
Value str_is(size_t, size_t, const Value* a) {
  StrObj* s = self(a);
  const char* p = s->data;
  const char* end = p + s->bytes;
  while (p < end) {
    uint32_t c = utf8_decode(p);
    if (!test(test == is_space ? c : known(c))) return py_false;
  }
  return py_bool(s->bytes > 0);
}
template <bool (*want)(uint32_t), bool (*refuse)(uint32_t)>
Value str_is_case(size_t, size_t, const Value* a) {
  StrObj* s = self(a);
  bool any = false;
  for (const char* p = s->data; p < s->data + s->bytes;) {
    uint32_t c = known(utf8_decode(p));
    if (refuse(c)) return py_false;
    any = any || want(c);
  }
  return py_bool(any);
}
bool is_digit_like(uint32_t c) { return is_digit(c) || c == 0xb2 || c == 0xb3 || c == 0xb9; }
bool is_numeric(uint32_t c) {
  if (c >= 0x4e00 && c <= 0x9fff) py_raise(&exc_NotImplementedError, "isnumeric of an ideograph");
  return is_digit_like(c) || (c >= 0xbc && c <= 0xbe);
}
bool is_alnum(uint32_t c) { return is_alpha(c) || is_digit_like(c) || (c >= 0xbc && c <= 0xbe); }

Value str_isidentifier(size_t, size_t, const Value* a) {
  StrObj* s = self(a);
  bool first = true;
  for (const char* p = s->data; p < s->data + s->bytes; first = false) {
    uint32_t c = utf8_decode(p);
    if (!(c == '_' || is_alpha(c) || (!first && is_digit(c)))) return py_false;
  }
  return py_bool(s->bytes > 0);
}

StrObj* need_str(Value v, const char* what) {
  if (!py_is_str(v)) py_raise(&exc_TypeError, "%s must be str, not %N", what, v);
  return to_str(v);
}

bool in_set(uint32_t c, Value chars) {
  if (chars == py_none) return is_space(c);
  for (const char* p = to_str(chars)->data; p < to_str(chars)->data + to_str(chars)->bytes;) {
    if (utf8_decode(p) == c) return true;
  }
  return false;
}

Value strip(size_t n, const Value* a, bool left, bool right) {
  StrObj* s = self(a);
  Value chars = n > 1 ? a[1] : py_none;
  if (chars != py_none && !py_is_str(chars)) {
    py_raise(&exc_TypeError, "%s arg must be None or str",
             left && right ? "strip"
             : left        ? "lstrip"
                           : "rstrip");
  }
  const char* p = s->data;
  const char* end = p + s->bytes;
  while (left && p < end) {
    const char* q = p;
    if (!in_set(utf8_decode(q), chars)) break;
    p = q;
  }
  while (right && end > p) {
    const char* q = end - 1;
    while ((static_cast<unsigned char>(*q) & 0xc0) == 0x80) q--;
    const char* start = q;
    if (!in_set(utf8_decode(q), chars)) break;
    end = start;
  }
  return val(py_new_str(p, static_cast<size_t>(end - p)));
}
Value str_strip(size_t n, size_t, const Value* a) { return strip(n, a, true, true); }
Value str_lstrip(size_t n, size_t, const Value* a) { return strip(n, a, true, false); }
Value str_rstrip(size_t n, size_t, const Value* a) { return strip(n, a, false, true); }

int64_t find_bytes(const StrObj* s, const StrObj* t, size_t from, size_t to, bool last) {
  if (to < from || t->bytes > to - from) return -1;
  if (last) {
    for (size_t i = to - t->bytes + 1; i-- > from;) {
      if (std::memcmp(s->data + i, t->data, t->bytes) == 0) return static_cast<int64_t>(i);
    }
    return -1;
  }
  for (size_t i = from; i + t->bytes <= to; i++) {
    if (std::memcmp(s->data + i, t->data, t->bytes) == 0) return static_cast<int64_t>(i);
  }
  return -1;
}

size_t offset_of(const StrObj* s, int64_t i) {
  if (s->ascii()) return static_cast<size_t>(i);
  const char* p = s->data;
  while (i-- > 0) utf8_decode(p);
  return static_cast<size_t>(p - s->data);
}
int64_t index_of(const StrObj* s, size_t bytes) {
  if (s->ascii()) return static_cast<int64_t>(bytes);
  int64_t n = 0;
  for (size_t i = 0; i < bytes; i++) n += (static_cast<unsigned char>(s->data[i]) & 0xc0) != 0x80;
  return n;
}

struct Window {
  size_t from, to;
  bool valid;
};
Window window(size_t n, const Value* a) {
  StrObj* s = self(a);
  int64_t length = s->length;
  int64_t start = n > 2 && a[2] != py_none ? py_index(a[2]) : 0;
  int64_t stop = n > 3 && a[3] != py_none ? py_index(a[3]) : length;
  if (start < 0) start = start < -length ? 0 : start + length;
  if (stop < 0) stop = stop < -length ? 0 : stop + length;
  if (stop > length) stop = length;
  if (start > stop) return {0, 0, false};
  return {offset_of(s, start), offset_of(s, stop), true};
}

int64_t find(size_t n, const Value* a, bool last) {
  StrObj* t = need_str(a[1], "argument");
  Window w = window(n, a);
  if (!w.valid) return -1;
  int64_t i = find_bytes(self(a), t, w.from, w.to, last);
  return i < 0 ? -1 : index_of(self(a), static_cast<size_t>(i));
}
Value str_find(size_t n, size_t, const Value* a) { return int_from_i64(find(n, a, false)); }
Value str_rfind(size_t n, size_t, const Value* a) { return int_from_i64(find(n, a, true)); }
Value index_result(int64_t i) {
  if (i < 0) py_raise(&exc_ValueError, "substring not found");
  return int_from_i64(i);
}
Value str_index(size_t n, size_t, const Value* a) { return index_result(find(n, a, false)); }
Value str_rindex(size_t n, size_t, const Value* a) { return index_result(find(n, a, true)); }

Value str_count(size_t n, size_t, const Value* a) {
  StrObj* t = need_str(a[1], "argument");
  Window w = window(n, a);
  if (!w.valid) return small_int(0);
  if (t->bytes == 0) {
    return int_from_i64(index_of(self(a), w.to) - index_of(self(a), w.from) + 1);
  }
  int64_t count = 0;
  for (size_t from = w.from;;) {
    int64_t i = find_bytes(self(a), t, from, w.to, false);
    if (i < 0) return int_from_i64(count);
    count++;
    from = static_cast<size_t>(i) + t->bytes;
  }
}

bool affix(StrObj* s, StrObj* t, Window w, bool end) {
  if (!w.valid || t->bytes > w.to - w.from) return false;
  return std::memcmp(s->data + (end ? w.to - t->bytes : w.from), t->data, t->bytes) == 0;
}
Value affix_method(size_t n, const Value* a, bool end) {
  Window w = window(n, a);
  if (type_of(a[1]) == &type_tuple) {
    auto* t = as<TupleObj>(a[1]);
    for (size_t i = 0; i < t->n; i++) {
      if (affix(self(a), need_str(t->items[i], "tuple for startswith must only contain str, item"),
                w, end))
        return py_true;
    }
    return py_false;
  }
  if (!py_is_str(a[1])) {
    py_raise(&exc_TypeError, "%s first arg must be str or a tuple of str, not %N",
             end ? "endswith" : "startswith", a[1]);
  }
  return py_bool(affix(self(a), to_str(a[1]), w, end));
}
Value str_startswith(size_t n, size_t, const Value* a) { return affix_method(n, a, false); }
Value str_endswith(size_t n, size_t, const Value* a) { return affix_method(n, a, true); }

Value str_removeprefix(size_t, size_t, const Value* a) {
  StrObj *s = self(a), *t = need_str(a[1], "removeprefix() argument");
  if (!affix(s, t, {0, s->bytes, true}, false)) return a[0];
  return val(py_new_str(s->data + t->bytes, s->bytes - t->bytes));
}
Value str_removesuffix(size_t, size_t, const Value* a) {
  StrObj *s = self(a), *t = need_str(a[1], "removesuffix() argument");
  if (!affix(s, t, {0, s->bytes, true}, true)) return a[0];
  return val(py_new_str(s->data, s->bytes - t->bytes));
}

Value str_replace(size_t n, size_t, const Value* a) {
  StrObj *s = self(a), *from = need_str(a[1], "replace() argument 1"),
         *to = need_str(a[2], "replace() argument 2");
  int64_t count = n > 3 ? py_index(a[3]) : -1;
  BufObj* b = py_new_buf();
  size_t at = 0;
  if (from->bytes == 0) {
    const char* p = s->data;
    const char* end = p + s->bytes;
    for (; count != 0; count--) {
      buf_str(b, to);
      if (p == end) return val(buf_finish(b));
      const char* start = p;
      utf8_decode(p);
      buf_add(b, start, static_cast<size_t>(p - start));
    }
    buf_add(b, p, static_cast<size_t>(end - p));
    return val(buf_finish(b));
  }
  for (; count != 0; count--) {
    int64_t i = find_bytes(s, from, at, s->bytes, false);
    if (i < 0) break;
    buf_add(b, s->data + at, static_cast<size_t>(i) - at);
    buf_str(b, to);
    at = static_cast<size_t>(i) + from->bytes;
  }
  buf_add(b, s->data + at, s->bytes - at);
  return val(buf_finish(b));
}

void add_part(ListObj* list, const StrObj* s, size_t from, size_t to) {
  list_append(list, val(py_new_str(s->data + from, to - from)));
}

Value split(size_t n, size_t n_kw, const Value* a, bool right) {
  StrObj* allowed[] = {py_names.sep, py_names.maxsplit, nullptr};
  py_kw_check("split", n, n_kw, a, allowed);
  Value sep = n > 1 ? a[1] : py_kw_get(n, n_kw, a, py_names.sep);
  Value limit = n > 2 ? a[2] : py_kw_get(n, n_kw, a, py_names.maxsplit);
  int64_t left = limit ? py_index(limit) : -1;
  if (left < 0) left = INT64_MAX;
  StrObj* s = self(a);
  ListObj* out = py_new_list(0);
  if (!sep || sep == py_none) {
    // The words first; then as many as the limit allows from one side, and the rest in one piece.
    struct Word {
      size_t from, to;
    };
    BufObj* words = py_new_buf();
    const char* end = s->data + s->bytes;
    for (const char* p = s->data; p < end;) {
      const char* start = p;
      if (is_space(utf8_decode(p))) continue;
      const char* stop = p;
      while (p < end && !is_space(utf8_decode(p))) stop = p;
      Word w = {static_cast<size_t>(start - s->data), static_cast<size_t>(stop - s->data)};
      buf_add(words, reinterpret_cast<const char*>(&w), sizeof w);
    }
    auto n_words = static_cast<int64_t>(words->n / sizeof(Word));
    auto word = [&](int64_t i) {
      Word w;
      std::memcpy(&w, words->data + static_cast<size_t>(i) * sizeof w, sizeof w);
      return w;
    };
    int64_t whole = n_words > left ? left : n_words;
    for (int64_t i = 0; i < whole; i++) {
      Word w = word(right ? n_words - 1 - i : i);
      add_part(out, s, w.from, w.to);
    }
    if (whole < n_words) {
      if (right) {
        add_part(out, s, 0, word(n_words - 1 - whole).to);
      } else {
        add_part(out, s, word(whole).from, s->bytes);
      }
    }
  } else {
    if (!py_is_str(sep)) py_raise(&exc_TypeError, "must be str or None, not %N", sep);
    StrObj* t = to_str(sep);
    if (t->bytes == 0) py_raise(&exc_ValueError, "empty separator");
    size_t from = 0, to = s->bytes;
    for (; left > 0; left--) {
      int64_t i = find_bytes(s, t, from, to, right);
      if (i < 0) break;
      auto k = static_cast<size_t>(i);
      if (right) {
        add_part(out, s, k + t->bytes, to);
        to = k;
      } else {
        add_part(out, s, from, k);
        from = k + t->bytes;
      }
    }
    add_part(out, s, from, to);
  }
  if (right) {
    for (size_t i = 0; i < out->n / 2; i++) {
      Value v = out->items[i];
      out->items[i] = out->items[out->n - 1 - i];
      out->items[out->n - 1 - i] = v;
    }
  }
  return val(out);
}
Value str_split(size_t n, size_t n_kw, const Value* a) { return split(n, n_kw, a, false); }
Value str_rsplit(size_t n, size_t n_kw, const Value* a) { return split(n, n_kw, a, true); }

Value str_splitlines(size_t n, size_t, const Value* a) {
  StrObj* s = self(a);
  bool keep = n > 1 && py_is_true(a[1]);
  ListObj* out = py_new_list(0);
  auto is_break = [](uint32_t c) {
    return (c >= '\n' && c <= '\r') || (c >= 0x1c && c <= 0x1e) || c == 0x85 || c == 0x2028 ||
           c == 0x2029;
  };
  const char* limit = s->data + s->bytes;
  for (const char* p = s->data; p < limit;) {
    const char* start = p;
    const char* end = p;
    uint32_t c = 0;
    while (p < limit && !is_break(c = utf8_decode(p))) end = p;
    if (c == '\r' && p < limit && *p == '\n') p++;
    const char* stop = keep ? p : end;
    list_append(out, val(py_new_str(start, static_cast<size_t>(stop - start))));
  }
  return val(out);
}

Value str_join(size_t, size_t, const Value* a) {
  BufObj* b = py_new_buf();
  ListObj* items = py_list_from(a[1]);
  for (size_t i = 0; i < items->n; i++) {
    if (!py_is_str(items->items[i])) {
      py_raise(&exc_TypeError, "sequence item %d: expected str instance, %N found",
               static_cast<int>(i), items->items[i]);
    }
    if (i) buf_str(b, self(a));
    buf_str(b, to_str(items->items[i]));
  }
  return val(buf_finish(b));
}

Value justify(size_t n, const Value* a, int mode) {
  StrObj* s = self(a);
  int64_t width = py_index(a[1]);
  uint32_t fill = ' ';
  if (n > 2) {
    StrObj* f = need_str(a[2], "The fill character");
    if (f->length != 1) {
      py_raise(&exc_TypeError, "The fill character must be exactly one character long");
    }
    const char* p = f->data;
    fill = utf8_decode(p);
  }
  int64_t pad = width - s->length;
  if (pad <= 0) return a[0];
  int64_t left = mode < 0 ? 0 : mode > 0 ? pad : pad / 2 + (pad & width & 1);
  BufObj* b = py_new_buf();
  buf_repeat(b, fill, left);
  buf_str(b, s);
  buf_repeat(b, fill, pad - left);
  return val(buf_finish(b));
}
Value str_ljust(size_t n, size_t, const Value* a) { return justify(n, a, -1); }
Value str_rjust(size_t n, size_t, const Value* a) { return justify(n, a, 1); }
Value str_center(size_t n, size_t, const Value* a) { return justify(n, a, 0); }

Value str_zfill(size_t, size_t, const Value* a) {
  StrObj* s = self(a);
  int64_t pad = py_index(a[1]) - s->length;
  if (pad <= 0) return a[0];
  BufObj* b = py_new_buf();
  bool sign = s->bytes && (s->data[0] == '-' || s->data[0] == '+');
  if (sign) buf_char(b, s->data[0]);
  buf_repeat(b, '0', pad);
  buf_add(b, s->data + sign, s->bytes - sign);
  return val(buf_finish(b));
}

Value partition(const Value* a, bool right) {
  StrObj *s = self(a), *t = need_str(a[1], "must be str, argument");
  if (t->bytes == 0) py_raise(&exc_ValueError, "empty separator");
  int64_t i = find_bytes(s, t, 0, s->bytes, right);
  Value e = val(py_names.empty);
  if (i < 0) {
    Value none[3] = {right ? e : a[0], e, right ? a[0] : e};
    return val(py_new_tuple(3, none));
  }
  auto k = static_cast<size_t>(i);
  Value parts[3] = {val(py_new_str(s->data, k)), a[1],
                    val(py_new_str(s->data + k + t->bytes, s->bytes - k - t->bytes))};
  return val(py_new_tuple(3, parts));
}
Value str_partition(size_t, size_t, const Value* a) { return partition(a, false); }
Value str_rpartition(size_t, size_t, const Value* a) { return partition(a, true); }

Value str_expandtabs(size_t n, size_t, const Value* a) {
  int64_t size = n > 1 ? py_index(a[1]) : 8;
  BufObj* b = py_new_buf();
  int64_t column = 0;
  StrObj* s = self(a);
  for (const char* p = s->data; p < s->data + s->bytes;) {
    uint32_t c = utf8_decode(p);
    if (c == '\t') {
      int64_t pad = size > 0 ? size - column % size : 0;
      buf_repeat(b, ' ', pad);
      column += pad;
      continue;
    }
    put(b, c);
    column = c == '\n' || c == '\r' ? 0 : column + 1;
  }
  return val(buf_finish(b));
}

Value str_maketrans(size_t n, size_t, const Value* a) {
  DictObj* d = py_new_dict(&type_dict);
  if (n == 1) {
    if (type_of(a[0]) != &type_dict) {
      py_raise(&exc_TypeError, "if you give only one argument to maketrans it must be a dict");
    }
    auto* source = as<DictObj>(a[0]);
    for (uint32_t i = 0; i < source->n_entries; i++) {
      Value k = source->entries[i].key;
      if (!k) continue;
      if (py_is_str(k)) {
        if (to_str(k)->length != 1) {
          py_raise(&exc_ValueError, "string keys in translate table must be of length 1");
        }
        const char* p = to_str(k)->data;
        k = small_int(static_cast<intptr_t>(utf8_decode(p)));
      }
      dict_set(d, k, source->entries[i].value);
    }
    return val(d);
  }
  StrObj *x = need_str(a[0], "argument"), *y = need_str(a[1], "argument");
  if (x->length != y->length) {
    py_raise(&exc_ValueError, "the first two maketrans arguments must have equal length");
  }
  const char *p = x->data, *q = y->data;
  for (uint32_t i = 0; i < x->length; i++) {
    Value k = small_int(static_cast<intptr_t>(utf8_decode(p)));
    dict_set(d, k, small_int(static_cast<intptr_t>(utf8_decode(q))));
  }
  if (n > 2) {
    StrObj* z = need_str(a[2], "argument");
    for (const char* r = z->data; r < z->data + z->bytes;) {
      dict_set(d, small_int(static_cast<intptr_t>(utf8_decode(r))), py_none);
    }
  }
  return val(d);
}
Value str_translate(size_t, size_t, const Value* a) {
  if (type_of(a[1]) != &type_dict) {
    py_raise(&exc_NotImplementedError, "str.translate with a table that is not a dict");
  }
  BufObj* b = py_new_buf();
  StrObj* s = self(a);
  for (const char* p = s->data; p < s->data + s->bytes;) {
    uint32_t c = utf8_decode(p);
    Value v = dict_get(as<DictObj>(a[1]), small_int(static_cast<intptr_t>(c)));
    if (!v) {
      put(b, c);
    } else if (py_is_str(v)) {
      buf_str(b, to_str(v));
    } else if (v != py_none) {
      put(b, static_cast<uint32_t>(py_index(v)));
    }
  }
  return val(buf_finish(b));
}
Value str_encode(size_t, size_t, const Value*) {
  py_raise(&exc_NotImplementedError, "bytes (str.encode)");
}
}  // namespace

void py_init_str_methods() {
  struct Entry {
    const char* name;
    NativeFn fn;
    int min_args, max_args;
    bool keywords;
  };
  static const Entry entries[] = {
      {"lower", str_lower, 1, 1, false},
      {"casefold", str_casefold, 1, 1, false},
      {"upper", str_upper, 1, 1, false},
      {"swapcase", str_swapcase, 1, 1, false},
      {"capitalize", str_capitalize, 1, 1, false},
      {"title", str_title, 1, 1, false},
      {"isalpha", str_is<is_alpha>, 1, 1, false},
      {"isdigit", str_is<is_digit_like>, 1, 1, false},
      {"isdecimal", str_is<is_digit>, 1, 1, false},
      {"isnumeric", str_is<is_numeric>, 1, 1, false},
      {"isalnum", str_is<is_alnum>, 1, 1, false},
      {"isspace", str_is<is_space>, 1, 1, false},
      {"isupper", str_is_case<is_upper, is_lower>, 1, 1, false},
      {"islower", str_is_case<is_lower, is_upper>, 1, 1, false},
      {"isidentifier", str_isidentifier, 1, 1, false},
      {"strip", str_strip, 1, 2, false},
      {"lstrip", str_lstrip, 1, 2, false},
      {"rstrip", str_rstrip, 1, 2, false},
      {"find", str_find, 2, 4, false},
      {"rfind", str_rfind, 2, 4, false},
      {"index", str_index, 2, 4, false},
      {"rindex", str_rindex, 2, 4, false},
      {"count", str_count, 2, 4, false},
      {"startswith", str_startswith, 2, 4, false},
      {"endswith", str_endswith, 2, 4, false},
      {"removeprefix", str_removeprefix, 2, 2, false},
      {"removesuffix", str_removesuffix, 2, 2, false},
      {"replace", str_replace, 3, 4, false},
      {"split", str_split, 1, 3, true},
      {"rsplit", str_rsplit, 1, 3, true},
      {"splitlines", str_splitlines, 1, 2, false},
      {"join", str_join, 2, 2, false},
      {"ljust", str_ljust, 2, 3, false},
      {"rjust", str_rjust, 2, 3, false},
      {"center", str_center, 2, 3, false},
      {"zfill", str_zfill, 2, 2, false},
      {"partition", str_partition, 2, 2, false},
      {"rpartition", str_rpartition, 2, 2, false},
      {"expandtabs", str_expandtabs, 1, 2, false},
      {"translate", str_translate, 2, 2, false},
      {"encode", str_encode, 1, 3, true},
      {"format", py_str_format_method, 1, -1, true},
  };
  for (const Entry& e : entries) {
    py_type_method(&type_str, e.name, e.fn, e.min_args, e.max_args, e.keywords);
  }
  py_type_static(&type_str, "maketrans", str_maketrans, 1, 3);
}
