// Exceptions: the hierarchy, raising, tracebacks.
#include <cstdarg>
#include <cstdlib>
#include <cstring>

#include "vm/runtime.h"

// clang-format off
#define PY_EXCEPTIONS(X) \
  X(Exception, BaseException) X(GeneratorExit, BaseException) \
  X(KeyboardInterrupt, BaseException) X(SystemExit, BaseException) X(StopIteration, Exception) \
  X(StopAsyncIteration, Exception) X(ArithmeticError, Exception) \
  X(FloatingPointError, ArithmeticError) X(OverflowError, ArithmeticError) \
  X(ZeroDivisionError, ArithmeticError) X(AssertionError, Exception) \
  X(AttributeError, Exception) X(BufferError, Exception) X(EOFError, Exception) \
  X(ImportError, Exception) X(ModuleNotFoundError, ImportError) X(LookupError, Exception) \
  X(IndexError, LookupError) X(KeyError, LookupError) X(MemoryError, Exception) \
  X(NameError, Exception) X(UnboundLocalError, NameError) X(OSError, Exception) \
  X(FileNotFoundError, OSError) X(PermissionError, OSError) X(TimeoutError, OSError) \
  X(ConnectionError, OSError) X(RuntimeError, Exception) X(NotImplementedError, RuntimeError) \
  X(RecursionError, RuntimeError) X(SyntaxError, Exception) X(IndentationError, SyntaxError) \
  X(TypeError, Exception) X(ValueError, Exception) X(UnicodeError, ValueError) \
  X(UnicodeEncodeError, UnicodeError) X(UnicodeDecodeError, UnicodeError) X(Warning, Exception) \
  X(DeprecationWarning, Warning) X(UserWarning, Warning)
// clang-format on

Type exc_BaseException;
#define X(name, base) Type exc_##name;
PY_EXCEPTIONS(X)
#undef X

bool py_is_exc(Value v) { return !is_small(v) && (v->type->flags & kTypeException) != 0; }

Value py_new_exc(Type* type, Value argument) {
  auto* e = gc_new<ExcObj>(type);
  e->args = py_new_tuple(argument ? 1 : 0, &argument);
  return val(e);
}

bool py_exc_matches(Value exception, Value type) {
  if (type_of(type) == &type_tuple) {
    auto* t = as<TupleObj>(type);
    for (size_t i = 0; i < t->n; i++) {
      if (py_exc_matches(exception, t->items[i])) return true;
    }
    return false;
  }
  if (!py_is_type(type) || !(as<Type>(type)->flags & kTypeException)) {
    py_raise(&exc_TypeError,
             "catching classes that do not inherit from BaseException is not allowed");
  }
  return py_is_subtype(type_of(exception), as<Type>(type));
}

void py_raise_object(Value exception, Value cause, bool has_cause) {
  auto* e = as<ExcObj>(exception);
  if (has_cause) {
    e->cause = cause == py_none ? nullptr : cause;
    e->suppress_context = true;
  }
  Value handled = nullptr;
  for (Frame* f = vm.frame; f && !handled; f = f->prev) handled = f->handled;
  if (handled && handled != exception && !e->context) {
    // Do not close a cycle of contexts.
    for (Value c = handled; c; c = as<ExcObj>(c)->context) {
      if (as<ExcObj>(c)->context == exception) {
        as<ExcObj>(c)->context = nullptr;
        break;
      }
    }
    e->context = handled;
  }
  nlr_jump(exception);
}

void py_raise_value(Type* type, Value argument) {
  py_raise_object(py_new_exc(type, argument), nullptr, false);
}

void py_raise(Type* type, const char* format, ...) {
  BufObj* b = py_new_buf();
  va_list args;
  va_start(args, format);
  buf_vformat(b, format, args);
  va_end(args);
  py_raise_value(type, val(buf_finish(b)));
}

void exc_add_trace(ExcObj* e, const Frame* f) {
  if (e->trace_frame == f) {
    e->trace_frame = nullptr;
    return;
  }
  if (e->n_trace >= 64 && e->n_trace % 64 != 0) {  // deep recursion: keep a sample
    e->n_trace++;
    return;
  }
  uint32_t stored = e->n_trace < 64 ? e->n_trace : 64;
  if (stored == e->trace_capacity && stored < 64) {
    // Plain realloc: this runs while an exception, perhaps MemoryError, is on its way.
    uint32_t capacity = e->trace_capacity ? e->trace_capacity * 2 : 4;
    auto* p = static_cast<TraceEntry*>(std::realloc(e->trace, capacity * sizeof(TraceEntry)));
    if (!p) return;
    e->trace = p;
    e->trace_capacity = capacity;
  }
  if (stored < 64) e->trace[stored] = {f->code->filename, f->code->name, py_frame_line(f)};
  e->n_trace++;
}

namespace {
void exc_trace(Obj* o) {
  auto* e = reinterpret_cast<ExcObj*>(o);
  gc_mark(val(e->attrs));
  gc_mark(val(e->args));
  gc_mark(e->cause);
  gc_mark(e->context);
  for (uint32_t i = 0; i < e->n_trace && i < 64 && i < e->trace_capacity; i++) {
    gc_mark(val(e->trace[i].file));
    gc_mark(val(e->trace[i].name));
  }
}
void exc_finalize(Obj* o) { std::free(reinterpret_cast<ExcObj*>(o)->trace); }

void exc_print(BufObj* b, Value v, PrintKind kind) {
  auto* e = as<ExcObj>(v);
  if (kind == kPrintRepr) {
    buf_str(b, type_of(v)->name);
    if (e->args->n == 1) {
      buf_char(b, '(');
      py_print_helper(b, e->args->items[0], kPrintRepr);
      return buf_char(b, ')');
    }
    return py_print_helper(b, val(e->args), kPrintRepr);
  }
  if (e->args->n == 0) return;
  if (e->args->n == 1) {
    PrintKind inner = py_is_subtype(type_of(v), &exc_KeyError) ? kPrintRepr : kPrintStr;
    return py_print_helper(b, e->args->items[0], inner);
  }
  if (e->args->n == 2 && py_is_subtype(type_of(v), &exc_OSError)) {
    buf_cstr(b, "[Errno ");
    py_print_helper(b, e->args->items[0], kPrintStr);
    buf_cstr(b, "] ");
    return py_print_helper(b, e->args->items[1], kPrintStr);
  }
  py_print_helper(b, val(e->args), kPrintRepr);
}

Value exc_attr(Value v, StrObj* name) {
  auto* e = as<ExcObj>(v);
  if (Value r = py_generic_attr(v, name)) return r;
  if (str_equal(name, py_names.args)) return val(e->args);
  if (str_equal(name, py_names.cause)) return e->cause ? e->cause : py_none;
  if (str_equal(name, py_names.context)) return e->context ? e->context : py_none;
  if (str_equal(name, py_names.suppress)) return py_bool(e->suppress_context);
  if (str_equal(name, py_names.traceback)) return py_none;
  if (str_equal(name, py_names.value) && py_is_subtype(type_of(v), &exc_StopIteration)) {
    return e->args->n ? e->args->items[0] : py_none;
  }
  if (py_is_subtype(type_of(v), &exc_SystemExit) && str_equal(name, py_names.exit_code)) {
    return e->args->n ? e->args->items[0] : py_none;
  }
  if (py_is_subtype(type_of(v), &exc_OSError)) {
    bool pair = e->args->n == 2;
    if (str_equal(name, py_names.errno_)) return pair ? e->args->items[0] : py_none;
    if (str_equal(name, py_names.strerror)) return pair ? e->args->items[1] : py_none;
  }
  return nullptr;
}

bool exc_set_attr(Value v, StrObj* name, Value value) {
  auto* e = as<ExcObj>(v);
  if (str_equal(name, py_names.args) && value) {
    e->args = py_tuple_from(value);
    return true;
  }
  if (str_equal(name, py_names.cause) && value) {
    e->cause = value == py_none ? nullptr : value;
    e->suppress_context = true;
    return true;
  }
  if (str_equal(name, py_names.context) && value) {
    e->context = value == py_none ? nullptr : value;
    return true;
  }
  return py_generic_set_attr(v, name, value);
}

Value exc_make_new(Type* t, size_t n_args, size_t n_kw, const Value* args) {
  if (n_kw) py_raise(&exc_TypeError, "%T() takes no keyword arguments", t);
  if (t == &exc_OSError && n_args == 2) {  // the errno selects the class, as on Linux
    if (args[0] == small_int(2)) t = &exc_FileNotFoundError;
    if (args[0] == small_int(1) || args[0] == small_int(13)) t = &exc_PermissionError;
    if (args[0] == small_int(110)) t = &exc_TimeoutError;
  }
  auto* e = gc_new<ExcObj>(t);
  e->args = py_new_tuple(n_args, args);
  return val(e);
}

Value exc_with_traceback(size_t, size_t, const Value* a) { return a[0]; }
Value exc_add_note(size_t, size_t, const Value*) {
  py_raise(&exc_NotImplementedError, "BaseException.add_note");
}

void setup(Type* t, const char* name, Type* base) {
  py_type_setup(t, name, base);
  t->flags |= kTypeException;
  t->make_new = exc_make_new;
  t->print = exc_print;
  t->attr = exc_attr;
  t->set_attr = exc_set_attr;
  t->trace = exc_trace;
  t->finalize = exc_finalize;
  t->hash = type_object.hash;
  dict_set(vm.builtins, val(py_intern_cstr(name)), type_value(t));
}
}  // namespace

void py_exc_print(BufObj* b, Value v, PrintKind kind) { exc_print(b, v, kind); }
Value py_exc_attr(Value v, StrObj* name) { return exc_attr(v, name); }
bool py_exc_set_attr(Value v, StrObj* name, Value value) { return exc_set_attr(v, name, value); }

namespace {
struct Report {
  BufObj* b;
  Value exception;
};

void report_one(BufObj* b, Value exception, int depth) {
  auto* e = as<ExcObj>(exception);
  Value before = e->cause ? e->cause : e->suppress_context ? nullptr : e->context;
  if (before && depth < 8) {
    report_one(b, before, depth + 1);
    buf_cstr(b, e->cause
                    ? "\nThe above exception was the direct cause of the following exception:\n\n"
                    : "\nDuring handling of the above exception, another exception occurred:\n\n");
  }
  if (e->n_trace) buf_cstr(b, "Traceback (most recent call last):\n");
  uint32_t stored = e->n_trace < 64 ? e->n_trace : 64;
  if (stored > e->trace_capacity) stored = e->trace_capacity;
  if (e->n_trace > stored) buf_cstr(b, "  (outer frames omitted)\n");
  for (uint32_t i = stored; i-- > 0;) {
    buf_cstr(b, "  File \"");
    buf_str(b, e->trace[i].file);
    buf_cstr(b, "\", line ");
    buf_int(b, e->trace[i].line);
    buf_cstr(b, ", in ");
    buf_str(b, e->trace[i].name);
    buf_char(b, '\n');
  }
  Type* t = type_of(exception);
  if (t->module && t->module != py_names.main) {
    buf_str(b, t->module);
    buf_char(b, '.');
  } else if (t->module) {
    buf_cstr(b, "__main__.");
  }
  buf_str(b, t->name);
  StrObj* text = py_str(exception);
  if (text->bytes) {
    buf_cstr(b, ": ");
    buf_str(b, text);
  }
  buf_char(b, '\n');
}

void report_body(void* context) {
  auto* r = static_cast<Report*>(context);
  r->b = py_new_buf();
  report_one(r->b, r->exception, 0);
}
}  // namespace

PY_NOINLINE void py_print_exception(Value exception, void (*write)(const char*, size_t)) {
  Report r = {nullptr, exception};
  Value failed = py_try(report_body, &r);
  if (!failed) return write(r.b->data, r.b->n);
  // No memory, or a __str__ that raises: the name of the type needs neither.
  StrObj* name = type_of(exception)->name;
  write(name->data, name->bytes);
  write("\n", 1);
}

void py_init_exc() {
  setup(&exc_BaseException, "BaseException", &type_object);
#define X(name, base) setup(&exc_##name, #name, &exc_##base);
  PY_EXCEPTIONS(X)
#undef X
  dict_set(vm.builtins, val(py_intern_cstr("IOError")), type_value(&exc_OSError));
  dict_set(vm.builtins, val(py_intern_cstr("EnvironmentError")), type_value(&exc_OSError));
  py_type_method(&exc_BaseException, "with_traceback", exc_with_traceback, 2, 2);
  py_type_method(&exc_BaseException, "add_note", exc_add_note, 2, 2);
  vm.memory_error = py_new_exc(&exc_MemoryError, nullptr);
}
