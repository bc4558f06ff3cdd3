// Functions, native functions, bound methods, cells and code objects.
#include <cstring>

#include "vm/runtime.h"

FunObj* py_new_function(CodeObj* code, DictObj* globals) {
  auto* f = gc_new<FunObj>(&type_function);
  f->code = code;
  f->globals = globals;
  f->name = code->name;
  f->qualname = code->qualname;
  f->doc = py_none;
  return f;
}

CellObj* py_new_cell(Value v) {
  auto* c = gc_new<CellObj>(&type_cell);
  c->value = v;
  return c;
}

Value py_new_builtin(const char* name, NativeFn fn, int min_args, int max_args, bool keywords) {
  auto* b = gc_new<BuiltinObj>(&type_builtin);
  b->fn = fn;
  b->name = name;
  b->min_args = static_cast<int16_t>(min_args);
  b->max_args = static_cast<int16_t>(max_args);
  b->keywords = keywords;
  return val(b);
}

Value py_new_method(Value fun, Value self) {
  auto* m = gc_new<MethodObj>(&type_method);
  m->fun = fun;
  m->self = self;
  return val(m);
}

Value py_kw_get(size_t n_args, size_t n_kw, const Value* args, StrObj* name) {
  for (size_t i = 0; i < n_kw; i++) {
    if (str_equal(to_str(args[n_args + 2 * i]), name)) return args[n_args + 2 * i + 1];
  }
  return nullptr;
}

void py_kw_check(const char* function, size_t n_args, size_t n_kw, const Value* args,
                 StrObj* const* allowed) {
  for (size_t i = 0; i < n_kw; i++) {
    StrObj* name = to_str(args[n_args + 2 * i]);
    bool found = false;
    for (StrObj* const* a = allowed; *a && !found; a++) found = str_equal(*a, name);
    if (!found) {
      py_raise(&exc_TypeError, "'%S' is an invalid keyword argument for %s()", name, function);
    }
  }
}

namespace {
[[noreturn]] void wrong_count(const BuiltinObj* b, size_t n_args) {
  int skip = b->is_method ? 1 : 0;
  int given = static_cast<int>(n_args) - skip;
  int least = b->min_args - skip, most = b->max_args - skip;
  if (least == most) {
    StrObj* owner = b->owner ? py_str_format("%T.", b->owner) : py_names.empty;
    if (most == 0) {
      py_raise(&exc_TypeError, "%S%s() takes no arguments (%d given)", owner, b->name, given);
    }
    if (most == 1) {
      py_raise(&exc_TypeError, "%S%s() takes exactly one argument (%d given)", owner, b->name,
               given);
    }
    py_raise(&exc_TypeError, "%s expected %d arguments, got %d", b->name, most, given);
  }
  if (given < least) {
    py_raise(&exc_TypeError, "%s expected at least %d argument%s, got %d", b->name, least,
             least == 1 ? "" : "s", given);
  }
  py_raise(&exc_TypeError, "%s expected at most %d argument%s, got %d", b->name, most,
           most == 1 ? "" : "s", given);
}
}  // namespace

// The call slot of native functions.
PY_NOINLINE Value fun_builtin_call(Value self, size_t n_args, size_t n_kw, const Value* args) {
  auto* b = as<BuiltinObj>(self);
  if (n_kw && !b->keywords) {
    py_raise(&exc_TypeError, "%s() takes no keyword arguments", b->name);
  }
  if (static_cast<int>(n_args) < b->min_args ||
      (b->max_args >= 0 && static_cast<int>(n_args) > b->max_args)) {
    wrong_count(b, n_args);
  }
  if (b->owner && n_args && !py_is_subtype(type_of(args[0]), b->owner)) {
    py_raise(&exc_TypeError, "descriptor '%s' for '%T' objects doesn't apply to a '%N' object",
             b->name, b->owner, args[0]);
  }
  return b->fn(n_args, n_kw, args);
}

// The call slot of bound methods: puts self in front.
PY_NOINLINE Value bound_method_call(Value self, size_t n_args, size_t n_kw, const Value* args) {
  auto* m = as<MethodObj>(self);
  size_t total = n_args + 2 * n_kw + 1;
  Value few[8];
  Value* all = few;
  if (total > 8) all = py_new_tuple(total, nullptr)->items;
  all[0] = m->self;
  for (size_t i = 1; i < total; i++) all[i] = args[i - 1];
  return py_call_function_n_kw(m->fun, n_args + 1, n_kw, all);
}

namespace {
void print_at(BufObj* b, const char* before, StrObj* name, Value v) {
  char text[40];
  buf_cstr(b, before);
  buf_str(b, name);
  std::snprintf(text, sizeof text, " at %p>", static_cast<void*>(v));
  buf_cstr(b, text);
}

void function_print(BufObj* b, Value v, PrintKind) {
  print_at(b, "<function ", as<FunObj>(v)->qualname, v);
}
void builtin_print(BufObj* b, Value v, PrintKind) {
  buf_cstr(b, as<BuiltinObj>(v)->is_method ? "<method '" : "<built-in function ");
  buf_cstr(b, as<BuiltinObj>(v)->name);
  buf_cstr(b, as<BuiltinObj>(v)->is_method ? "'>" : ">");
}
void method_print(BufObj* b, Value v, PrintKind) {
  auto* m = as<MethodObj>(v);
  if (type_of(m->fun) == &type_builtin) {
    BufObj* name = py_new_buf();
    buf_cstr(name, as<BuiltinObj>(m->fun)->name);
    buf_cstr(name, " of ");
    buf_str(name, type_of(m->self)->name);
    buf_cstr(name, " object");
    return print_at(b, "<built-in method ", buf_finish(name), m->self);
  }
  buf_cstr(b, "<bound method ");
  buf_str(b,
          type_of(m->fun) == &type_function ? as<FunObj>(m->fun)->qualname : type_of(m->fun)->name);
  buf_cstr(b, " of ");
  py_print_helper(b, m->self, kPrintRepr);
  buf_char(b, '>');
}

Value function_attr(Value v, StrObj* name) {
  auto* f = as<FunObj>(v);
  if (f->attrs) {
    if (Value own = dict_get_str(f->attrs, name)) return own;
  }
  if (str_equal(name, py_names.name)) return val(f->name);
  if (str_equal(name, py_names.qualname)) return val(f->qualname);
  if (str_equal(name, py_names.doc)) return f->doc;
  if (str_equal(name, py_names.defaults)) return f->defaults ? val(f->defaults) : py_none;
  if (str_equal(name, py_names.module)) {
    Value m = dict_get_str(f->globals, py_names.name);
    return m ? m : py_none;
  }
  if (str_equal(name, py_names.dict)) {
    if (!f->attrs) f->attrs = py_new_dict(&type_dict);
    return val(f->attrs);
  }
  return py_generic_attr(v, name);
}

bool function_set_attr(Value v, StrObj* name, Value value) {
  auto* f = as<FunObj>(v);
  bool is_name = str_equal(name, py_names.name), is_qualname = str_equal(name, py_names.qualname);
  if (is_name || is_qualname) {
    if (!value || !py_is_str(value)) {
      py_raise(&exc_TypeError, "%S must be set to a string object", name);
    }
    (is_name ? f->name : f->qualname) = to_str(value);
    return true;
  }
  if (str_equal(name, py_names.doc)) {
    f->doc = value ? value : py_none;
    return true;
  }
  if (str_equal(name, py_names.defaults) || str_equal(name, py_names.code)) {
    py_raise(&exc_NotImplementedError, "assignment to %S", name);
  }
  return py_generic_set_attr(v, name, value);
}

Value builtin_attr(Value v, StrObj* name) {
  if (str_equal(name, py_names.name) || str_equal(name, py_names.qualname)) {
    return val(py_new_cstr(as<BuiltinObj>(v)->name));
  }
  if (str_equal(name, py_names.doc)) return py_none;
  return py_generic_attr(v, name);
}

Value method_attr(Value v, StrObj* name) {
  auto* m = as<MethodObj>(v);
  if (str_equal(name, py_names.self_)) return m->self;
  if (str_equal(name, py_names.func)) return m->fun;
  if (Value r = py_load_attr_maybe(m->fun, name)) return r;
  return py_generic_attr(v, name);
}

Value method_binary(BinaryOp op, Value a, Value b, bool) {
  if ((op != kEq && op != kNe) || type_of(b) != &type_method) return nullptr;
  auto *x = as<MethodObj>(a), *y = as<MethodObj>(b);
  return py_bool((x->fun == y->fun && x->self == y->self) == (op == kEq));
}

void code_trace(Obj* o) {
  auto* c = reinterpret_cast<CodeObj*>(o);
  gc_mark(val(c->name));
  gc_mark(val(c->qualname));
  gc_mark(val(c->filename));
  gc_mark(val(c->consts));
  gc_mark(val(c->names));
  gc_mark(val(c->varnames));
  gc_mark(val(c->cellnames));
  gc_mark(val(c->freenames));
}
void code_finalize(Obj* o) {
  auto* c = reinterpret_cast<CodeObj*>(o);
  gc_buf_free(c->code, c->n_code * sizeof(uint32_t));
  gc_buf_free(c->lines, c->n_code * sizeof(int32_t));
  gc_buf_free(c->cell_args, c->n_cells * sizeof(int32_t));
}
}  // namespace

void py_init_fun() {
  py_type_setup(&type_function, "function", &type_object);
  type_function.call = fun_bc_call;
  type_function.print = function_print;
  type_function.attr = function_attr;
  type_function.set_attr = function_set_attr;
  type_function.trace = [](Obj* o) {
    auto* f = reinterpret_cast<FunObj*>(o);
    gc_mark(val(f->code));
    gc_mark(val(f->globals));
    gc_mark(val(f->defaults));
    gc_mark(val(f->kw_defaults));
    gc_mark(val(f->closure));
    gc_mark(val(f->name));
    gc_mark(val(f->qualname));
    gc_mark(f->doc);
    gc_mark(val(f->attrs));
  };
  py_type_setup(&type_builtin, "builtin_function_or_method", &type_object);
  type_builtin.call = fun_builtin_call;
  type_builtin.print = builtin_print;
  type_builtin.attr = builtin_attr;
  py_type_setup(&type_method, "method", &type_object);
  type_method.call = bound_method_call;
  type_method.print = method_print;
  type_method.attr = method_attr;
  type_method.binary_op = method_binary;
  type_method.trace = [](Obj* o) {
    gc_mark(reinterpret_cast<MethodObj*>(o)->fun);
    gc_mark(reinterpret_cast<MethodObj*>(o)->self);
  };
  py_type_setup(&type_cell, "cell", &type_object);
  type_cell.trace = [](Obj* o) { gc_mark(reinterpret_cast<CellObj*>(o)->value); };
  py_type_setup(&type_code, "code", &type_object);
  type_code.trace = code_trace;
  type_code.finalize = code_finalize;
  for (Type* t : {&type_function, &type_builtin, &type_method, &type_cell, &type_code}) {
    t->hash = type_object.hash;
    if (!t->print) t->print = type_object.print;
  }
  type_method.hash = [](Value v) {
    return py_identity_hash(as<MethodObj>(v)->self) ^ py_identity_hash(as<MethodObj>(v)->fun);
  };
}
