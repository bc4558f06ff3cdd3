// The port to WebAssembly. PORT_APPROACH selects how a yield reaches the event loop:
//   1  a JS library function suspends by itself         hook -> js_yield
//   2  JS stands between the hook and emscripten_sleep  hook -> js_hook -> port_yield_from_js
//   3  as 2; js_hook is in ASYNCIFY_IMPORTS
//   4  C alone                                          hook -> port_yield -> emscripten_sleep
// host.call takes and returns str, int, float and None, as JSON.
#include <emscripten.h>

#include <cmath>
#include <cstdlib>
#include <cstring>

#include "port/port.h"
#include "vm/runtime.h"

void port_count_sleep();

extern "C" {
void js_yield(void);
void js_hook(void);
void js_write(int fd, const char* text, size_t n);
double js_now(void);
void js_register_position(AsyncscopePosition* position);
char* js_host_call(const char* name, size_t name_n, const char* args, size_t args_n);

EMSCRIPTEN_KEEPALIVE PY_NOINLINE void port_yield_from_js() { emscripten_sleep(0); }
}

PY_NOINLINE void port_yield() {
#if PORT_APPROACH == 1
  js_yield();
#elif PORT_APPROACH == 2 || PORT_APPROACH == 3
  js_hook();
#else
  emscripten_sleep(0);
#endif
}

PY_NOINLINE void port_sleep(double ms) {
  port_count_sleep();
  emscripten_sleep(static_cast<unsigned>(ms));
}

double port_time_ms() { return js_now(); }
void port_register_position(AsyncscopePosition* position) { js_register_position(position); }

void port_write(int fd, const char* text, size_t n) {
  if (fd >= 0 && n) js_write(fd, text, n);
}

namespace {
void add_json(BufObj* b, Value v) {
  if (v == py_none) return buf_cstr(b, "null");
  if (v == py_true || v == py_false) return buf_cstr(b, v == py_true ? "true" : "false");
  if (py_is_float(v)) {
    if (!std::isfinite(float_value(v))) py_raise(&exc_ValueError, "host.call() of %R", v);
    return float_repr(b, float_value(v));
  }
  if (py_is_int(v)) {
    int64_t n;
    if (!int_to_i64(v, &n) || n > (int64_t{1} << 53) || n < -(int64_t{1} << 53)) {
      py_raise(&exc_OverflowError, "host.call() of an integer above 2**53");
    }
    return buf_int(b, n);
  }
  if (!py_is_str(v)) py_raise(&exc_TypeError, "host.call() of a %N", v);
  buf_char(b, '"');
  for (uint32_t i = 0; i < to_str(v)->bytes; i++) {
    char c = to_str(v)->data[i];
    char text[8];
    if (c == '"' || c == '\\') {
      buf_char(b, '\\');
      buf_char(b, c);
    } else if (static_cast<unsigned char>(c) < 0x20) {
      std::snprintf(text, sizeof text, "\\u%04x", c);
      buf_cstr(b, text);
    } else {
      buf_char(b, c);
    }
  }
  buf_char(b, '"');
}

// Reads the JSON of one plain value; JSON.stringify escapes only what is handled here.
Value parse_json(const char* p) {
  if (!std::strcmp(p, "null")) return py_none;
  if (!std::strcmp(p, "true")) return py_true;
  if (!std::strcmp(p, "false")) return py_false;
  size_t n = std::strlen(p);
  if (*p != '"') {
    if (Value v = int_parse(p, n, 10)) return v;
    double d = 0;
    float_parse(p, n, &d);
    return py_new_float(d);
  }
  BufObj* b = py_new_buf();
  for (const char* q = p + 1; q < p + n - 1; q++) {
    if (*q != '\\') {
      buf_char(b, *q);
      continue;
    }
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    q++;
    if (*q == 'u') {
      char hex[5] = {q[1], q[2], q[3], q[4], 0};
      buf_repeat(b, static_cast<uint32_t>(std::strtoul(hex, nullptr, 16)), 1);
      q += 4;
    } else if (const char* found = std::strchr(from, *q)) {
      buf_char(b, to[found - from]);
    }
  }
  return val(buf_finish(b));
}
}  // namespace

Value port_host_call(StrObj* name, size_t n, const Value* args) {
  BufObj* b = py_new_buf();
  buf_char(b, '[');
  for (size_t i = 0; i < n; i++) {
    if (i) buf_char(b, ',');
    add_json(b, args[i]);
  }
  buf_char(b, ']');
  char* reply = js_host_call(name->data, name->bytes, b->data, b->n);
  StrObj* text = py_new_cstr(reply + 1);
  bool ok = *reply == '=';
  std::free(reply);
  if (!ok) py_raise(&exc_OSError, "%S", text);
  return parse_json(text->data);
}
