// Text buffers, messages, and the conversion of any value to text.
#include <cstdarg>
#include <cstdio>
#include <cstring>

#include "vm/runtime.h"

BufObj* py_new_buf() { return gc_new<BufObj>(&type_buf); }

void buf_add(BufObj* b, const char* text, size_t n) {
  if (b->n + n > b->capacity) {
    size_t capacity = b->capacity ? b->capacity * 2 : 64;
    while (capacity < b->n + n) capacity *= 2;
    b->data = static_cast<char*>(gc_buf_realloc(b->data, b->capacity, capacity));
    b->capacity = capacity;
  }
  if (n) std::memcpy(b->data + b->n, text, n);
  b->n += n;
}

void buf_cstr(BufObj* b, const char* text) { buf_add(b, text, std::strlen(text)); }
void buf_str(BufObj* b, const StrObj* s) { buf_add(b, s->data, s->bytes); }
void buf_char(BufObj* b, char c) { buf_add(b, &c, 1); }
void buf_repeat(BufObj* b, uint32_t code_point, int64_t count) {
  char text[4];
  size_t n = utf8_encode(code_point, text);
  for (int64_t i = 0; i < count; i++) buf_add(b, text, n);
}
void buf_int(BufObj* b, int64_t n) {
  char text[24];
  int k = std::snprintf(text, sizeof text, "%lld", static_cast<long long>(n));
  buf_add(b, text, static_cast<size_t>(k));
}
StrObj* buf_finish(BufObj* b) { return py_new_str(b->data ? b->data : "", b->n); }

PY_NOINLINE void py_print_helper(BufObj* b, Value v, PrintKind kind) {
  Type* t = type_of(v);
  if (vm.depth >= vm.depth_limit) {
    py_raise(&exc_RecursionError,
             "maximum recursion depth exceeded while getting the repr of an object");
  }
  bool container = t == &type_list || t == &type_dict || t == &type_set;
  if (container) {
    for (PrintScope* p = vm.printing; p; p = p->prev) {
      if (p->v == v)
        return buf_cstr(b, t == &type_list ? "[...]" : t == &type_dict ? "{...}" : "set(...)");
    }
  }
  PrintScope scope = {v, vm.printing};
  vm.printing = &scope;
  vm.depth++;
  if (py_is_instance(t)) {
    py_instance_print(b, v, kind);
  } else {
    t->print(b, v, kind);
  }
  vm.depth--;
  vm.printing = scope.prev;
}

StrObj* py_str(Value v) {
  if (py_is_str(v)) return to_str(v);
  BufObj* b = py_new_buf();
  py_print_helper(b, v, kPrintStr);
  return buf_finish(b);
}

StrObj* py_repr(Value v) {
  BufObj* b = py_new_buf();
  py_print_helper(b, v, kPrintRepr);
  return buf_finish(b);
}

void buf_vformat(BufObj* b, const char* f, va_list args) {
  for (; *f; f++) {
    if (*f != '%') {
      buf_char(b, *f);
      continue;
    }
    switch (*++f) {
      case 's':
        buf_cstr(b, va_arg(args, const char*));
        break;
      case 'S':
        buf_str(b, va_arg(args, StrObj*));
        break;
      case 'N':
        buf_str(b, type_of(va_arg(args, Value))->name);
        break;
      case 'T':
        buf_str(b, va_arg(args, Type*)->name);
        break;
      case 'R':
        py_print_helper(b, va_arg(args, Value), kPrintRepr);
        break;
      case 'V':
        py_print_helper(b, va_arg(args, Value), kPrintStr);
        break;
      case 'd':
        buf_int(b, va_arg(args, int));
        break;
      default:
        buf_char(b, *f);
        break;
    }
  }
}

StrObj* py_str_format(const char* format, ...) {
  BufObj* b = py_new_buf();
  va_list args;
  va_start(args, format);
  buf_vformat(b, format, args);
  va_end(args);
  return buf_finish(b);
}
