// Strings: UTF-8 inside, code points outside. Creation, the operators and the printing of repr.
#include <cstring>

#include "vm/runtime.h"
#include "vm/unicode.h"

bool py_is_str(Value v) { return !is_small(v) && v->type == &type_str; }

uint32_t utf8_decode(const char*& p) {
  auto byte = [&] { return static_cast<uint32_t>(static_cast<unsigned char>(*p++)); };
  uint32_t c = byte();
  if (c < 0x80) return c;
  int more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;
  c &= 0x3fu >> more;
  while (more--) c = (c << 6) | (byte() & 0x3f);
  return c;
}

size_t utf8_encode(uint32_t c, char* out) {
  if (c < 0x80) {
    out[0] = static_cast<char>(c);
    return 1;
  }
  size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  for (size_t i = n; i-- > 1;) {
    out[i] = static_cast<char>(0x80 | (c & 0x3f));
    c >>= 6;
  }
  out[0] = static_cast<char>((n == 2 ? 0xc0 : n == 3 ? 0xe0 : 0xf0) | c);
  return n;
}

StrObj* py_new_str(const char* text, size_t bytes) {
  auto* s = gc_new<StrObj>(&type_str, bytes);
  s->bytes = static_cast<uint32_t>(bytes);
  uint32_t length = 0;
  for (size_t i = 0; i < bytes; i++) length += (static_cast<unsigned char>(text[i]) & 0xc0) != 0x80;
  s->length = length;
  if (bytes) std::memcpy(s->data, text, bytes);
  return s;
}

StrObj* py_new_cstr(const char* text) { return py_new_str(text, std::strlen(text)); }

Value py_str_from_code(uint32_t c) {
  char text[4];
  size_t n = utf8_encode(c, text);
  return val(n == 1 ? py_intern(text, 1) : py_new_str(text, n));
}

bool str_equal(const StrObj* a, const StrObj* b) {
  if (a == b) return true;
  if (a->interned && b->interned) return false;
  return a->bytes == b->bytes && std::memcmp(a->data, b->data, a->bytes) == 0;
}

namespace {
// The byte position of code point i (0 <= i <= length).
size_t byte_offset(const StrObj* s, int64_t i) {
  if (s->ascii()) return static_cast<size_t>(i);
  const char* p = s->data;
  while (i-- > 0) {
    p++;
    while ((static_cast<unsigned char>(*p) & 0xc0) == 0x80) p++;
  }
  return static_cast<size_t>(p - s->data);
}

int compare_text(const StrObj* a, const StrObj* b) {
  size_t n = a->bytes < b->bytes ? a->bytes : b->bytes;
  int c = std::memcmp(a->data, b->data, n);
  return c ? c : a->bytes < b->bytes ? -1 : a->bytes > b->bytes;
}

void str_print(BufObj* b, Value v, PrintKind kind) {
  StrObj* s = to_str(v);
  if (kind == kPrintStr) return buf_str(b, s);
  bool has_single = std::memchr(s->data, '\'', s->bytes) != nullptr;
  bool has_double = std::memchr(s->data, '"', s->bytes) != nullptr;
  char quote = has_single && !has_double ? '"' : '\'';
  buf_char(b, quote);
  const char* p = s->data;
  const char* end = p + s->bytes;
  while (p < end) {
    const char* start = p;
    uint32_t c = utf8_decode(p);
    if (c == '\\' || c == static_cast<uint32_t>(quote)) {
      buf_char(b, '\\');
      buf_char(b, static_cast<char>(c));
    } else if (c == '\n') {
      buf_cstr(b, "\\n");
    } else if (c == '\r') {
      buf_cstr(b, "\\r");
    } else if (c == '\t') {
      buf_cstr(b, "\\t");
    } else if (!unicode_printable(c)) {
      char text[16];
      const char* format = c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x";
      std::snprintf(text, sizeof text, format, c);
      buf_cstr(b, text);
    } else {
      buf_add(b, start, static_cast<size_t>(p - start));
    }
  }
  buf_char(b, quote);
}

Value str_concat(StrObj* a, StrObj* b) {
  auto* s = gc_new<StrObj>(&type_str, size_t{a->bytes} + b->bytes);
  s->bytes = a->bytes + b->bytes;
  s->length = a->length + b->length;
  std::memcpy(s->data, a->data, a->bytes);
  std::memcpy(s->data + a->bytes, b->data, b->bytes);
  return val(s);
}

Value str_repeat(StrObj* a, int64_t n) {
  if (n <= 0 || a->bytes == 0) return val(py_names.empty);
  if (n > 0x7fffffff / static_cast<int64_t>(a->bytes)) nlr_jump(vm.memory_error);
  auto bytes = static_cast<size_t>(n) * a->bytes;
  auto* s = gc_new<StrObj>(&type_str, bytes);
  s->bytes = static_cast<uint32_t>(bytes);
  s->length = static_cast<uint32_t>(n) * a->length;
  for (int64_t i = 0; i < n; i++) std::memcpy(s->data + i * a->bytes, a->data, a->bytes);
  return val(s);
}

Value str_binary(BinaryOp op, Value a, Value b, bool reflected) {
  if (op == kMul && py_is_int(b)) return str_repeat(to_str(a), py_index(b));
  if (reflected && op < kLt) return nullptr;
  if (op == kMod) return py_str_percent(to_str(a), b);
  if (!py_is_str(b)) {
    if (op == kAdd && !(type_of(b)->flags & kTypeUser)) {
      py_raise(&exc_TypeError, "can only concatenate str (not \"%N\") to str", b);
    }
    return nullptr;
  }
  if (op == kAdd) return str_concat(to_str(a), to_str(b));
  if (op == kEq) return py_bool(str_equal(to_str(a), to_str(b)));
  if (op == kNe) return py_bool(!str_equal(to_str(a), to_str(b)));
  int c = reflected ? compare_text(to_str(b), to_str(a)) : compare_text(to_str(a), to_str(b));
  switch (op) {
    case kLt:
      return py_bool(c < 0);
    case kLe:
      return py_bool(c <= 0);
    case kGt:
      return py_bool(c > 0);
    case kGe:
      return py_bool(c >= 0);
    default:
      return nullptr;
  }
}

}  // namespace

int64_t py_str_hash(Value v) {
  StrObj* s = to_str(v);
  if (!s->hashed) {
    uint64_t h = 14695981039346656037u;
    for (uint32_t i = 0; i < s->bytes; i++) {
      h = (h ^ static_cast<unsigned char>(s->data[i])) * 1099511628211u;
    }
    s->hash = static_cast<int64_t>(h >> 1);
    s->hashed = true;
  }
  return s->hash;
}

namespace {
Value str_subscr(Value v, Value index, Value, SubscrKind kind) {
  if (kind != SubscrKind::kLoad) return nullptr;
  StrObj* s = to_str(v);
  if (type_of(index) != &type_slice)
    return str_at(s, py_sequence_index(index, s->length, "string"));
  SliceRange r = py_slice_range(index, s->length);
  if (r.count == 0) return val(py_names.empty);
  if (r.step == 1) {
    size_t from = byte_offset(s, r.start);
    size_t to = from + byte_offset(s, r.start + r.count) - byte_offset(s, r.start);
    return val(py_new_str(s->data + from, to - from));
  }
  BufObj* b = py_new_buf();
  for (int64_t i = 0, k = r.start; i < r.count; i++, k += r.step) {
    const char* p = s->data + byte_offset(s, k);
    const char* q = p;
    utf8_decode(q);
    buf_add(b, p, static_cast<size_t>(q - p));
  }
  return val(buf_finish(b));
}

Value str_contains(Value v, Value item) {
  if (!py_is_str(item)) {
    py_raise(&exc_TypeError, "'in <string>' requires string as left operand, not %N", item);
  }
  StrObj *s = to_str(v), *t = to_str(item);
  if (t->bytes == 0) return py_true;
  for (size_t i = 0; i + t->bytes <= s->bytes; i++) {
    if (std::memcmp(s->data + i, t->data, t->bytes) == 0) return py_true;
  }
  return py_false;
}

Value str_make_new(Type*, size_t n_args, size_t n_kw, const Value* args) {
  if (n_kw || n_args > 1) py_raise(&exc_NotImplementedError, "str() with an encoding");
  return n_args ? val(py_str(args[0])) : val(py_names.empty);
}
}  // namespace

Value str_at(StrObj* s, int64_t i) {
  const char* p = s->data + byte_offset(s, i);
  return py_str_from_code(utf8_decode(p));
}

void py_init_str_methods();

void py_init_str() {
  Type* t = &type_str;
  py_type_setup(t, "str", &type_object);
  t->print = str_print;
  t->binary_op = str_binary;
  t->hash = py_str_hash;
  t->subscr = str_subscr;
  t->contains = str_contains;
  t->make_new = str_make_new;
  t->getiter = py_sequence_iter;
  t->len = [](Value v) { return static_cast<int64_t>(to_str(v)->length); };
  py_type_setup(&type_buf, "buffer", &type_object);
  type_buf.finalize = [](Obj* o) {
    auto* b = reinterpret_cast<BufObj*>(o);
    gc_buf_free(b->data, b->capacity);
  };
  py_init_str_methods();
}
