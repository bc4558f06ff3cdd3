// See exec_helpers.h.
#include "vm/exec_helpers.h"

#include "vm/opcodes.h"

namespace {
const Value* sequence_items(Value v, size_t* n) {
  if (type_of(v) == &type_tuple) {
    *n = as<TupleObj>(v)->n;
    return as<TupleObj>(v)->items;
  }
  if (type_of(v) == &type_list) {
    *n = as<ListObj>(v)->n;
    return as<ListObj>(v)->items;
  }
  return nullptr;
}

Value unpack_iter(Value v) {
  Type* t = type_of(v);
  bool iterable = t->getiter || ((t->flags & kTypeUser) && (py_type_lookup(t, py_names.iter) ||
                                                            py_type_lookup(t, py_names.getitem)));
  if (!iterable) py_raise(&exc_TypeError, "cannot unpack non-iterable %N object", v);
  return v;
}

[[noreturn]] void too_few(uint32_t expected, uint32_t got, bool at_least) {
  py_raise(&exc_ValueError, "not enough values to unpack (expected %s%d, got %d)",
           at_least ? "at least " : "", static_cast<int>(expected), static_cast<int>(got));
}
}  // namespace

void exec_unpack(Value v, uint32_t n, Value* sp) {
  size_t have = 0;
  const Value* items = sequence_items(v, &have);
  if (items || type_of(v) == &type_list) {  // an empty list has no items
    if (have > n)
      py_raise(&exc_ValueError, "too many values to unpack (expected %d)", static_cast<int>(n));
    if (have < n) too_few(n, static_cast<uint32_t>(have), false);
    for (uint32_t i = 0; i < n; i++) sp[n - 1 - i] = items[i];
    return;
  }
  IterScope s = py_iter_begin(unpack_iter(v));
  TupleObj* out = py_new_tuple(n, nullptr);
  s.pool = gc_pool_top();
  uint32_t k = 0;
  while (Value item = py_iter_step(s)) {
    if (k == n)
      py_raise(&exc_ValueError, "too many values to unpack (expected %d)", static_cast<int>(n));
    out->items[k++] = item;
  }
  if (k < n) too_few(n, k, false);
  for (uint32_t i = 0; i < n; i++) sp[n - 1 - i] = out->items[i];
}

void exec_unpack_ex(Value v, uint32_t before, uint32_t after, Value* sp) {
  ListObj* all = py_list_from(unpack_iter(v));
  if (all->n < before + after) too_few(before + after, static_cast<uint32_t>(all->n), true);
  size_t middle = all->n - before - after;
  ListObj* rest = py_new_list(middle);
  for (size_t i = 0; i < middle; i++) rest->items[i] = all->items[before + i];
  uint32_t total = before + 1 + after;
  for (uint32_t i = 0; i < before; i++) sp[total - 1 - i] = all->items[i];
  sp[after] = val(rest);
  for (uint32_t i = 0; i < after; i++) sp[after - 1 - i] = all->items[before + middle + i];
}

Value exec_call_ex(Value fun, Value args, Value kw) {
  TupleObj* positional = py_tuple_from(args);
  if (!kw) return py_call_function_n_kw(fun, positional->n, 0, positional->items);
  auto* d = as<DictObj>(kw);
  TupleObj* all = py_new_tuple(positional->n + 2 * d->used, nullptr);
  size_t k = 0;
  for (; k < positional->n; k++) all->items[k] = positional->items[k];
  for (uint32_t i = 0; i < d->n_entries; i++) {
    if (!d->entries[i].key) continue;
    if (!py_is_str(d->entries[i].key)) py_raise(&exc_TypeError, "keywords must be strings");
    all->items[k++] = d->entries[i].key;
    all->items[k++] = d->entries[i].value;
  }
  return py_call_function_n_kw(fun, positional->n, d->used, all->items);
}

namespace {
StrObj* function_text(Value fun) {
  if (type_of(fun) == &type_method) fun = as<MethodObj>(fun)->fun;
  if (type_of(fun) == &type_function) {
    Value module = dict_get_str(as<FunObj>(fun)->globals, py_names.name);
    return py_str_format("%V.%S", module ? module : val(py_names.main), as<FunObj>(fun)->qualname);
  }
  if (type_of(fun) == &type_builtin) return py_new_cstr(as<BuiltinObj>(fun)->name);
  if (py_is_type(fun)) return as<Type>(fun)->name;
  return type_of(fun)->name;
}
}  // namespace

void exec_star_argument(Value fun, Value iterable) {
  Type* t = type_of(iterable);
  bool user = (t->flags & kTypeUser) &&
              (py_type_lookup(t, py_names.iter) || py_type_lookup(t, py_names.getitem));
  if (t->getiter || user) return;
  py_raise(&exc_TypeError, "%S() argument after * must be an iterable, not %N", function_text(fun),
           iterable);
}

void exec_dict_merge(Value fun, Value dict, Value other) {
  Type* t = type_of(other);
  if (t != &type_dict && !py_load_attr_maybe(other, py_names.keys)) {
    py_raise(&exc_TypeError, "%S() argument after ** must be a mapping, not %N", function_text(fun),
             other);
  }
  DictObj* more = py_new_dict(&type_dict);
  dict_update(more, other);
  for (uint32_t i = 0; i < more->n_entries; i++) {
    Value k = more->entries[i].key;
    if (!k) continue;
    if (!py_is_str(k)) py_raise(&exc_TypeError, "keywords must be strings");
    if (dict_get(as<DictObj>(dict), k)) {
      py_raise(&exc_TypeError, "%S() got multiple values for keyword argument '%S'",
               function_text(fun), to_str(k));
    }
    dict_set(as<DictObj>(dict), k, more->entries[i].value);
  }
}

Value exec_make_function(uint32_t flags, Value code, DictObj* globals, Value* top) {
  FunObj* f = py_new_function(as<CodeObj>(code), globals);
  auto* c = as<CodeObj>(code);
  if (c->consts->n && py_is_str(c->consts->items[0])) f->doc = c->consts->items[0];
  if (flags & kFunClosure) f->closure = as<TupleObj>(*--top);
  if (flags & kFunKwDefaults) f->kw_defaults = as<DictObj>(*--top);
  if (flags & kFunDefaults) f->defaults = as<TupleObj>(*--top);
  return val(f);
}

Value exec_build_class(Value body, Value name, Value bases, Value kw) {
  auto* f = as<FunObj>(body);
  DictObj* ns = py_new_dict(&type_dict);
  Value module = dict_get_str(f->globals, py_names.name);
  dict_set(ns, val(py_names.module), module ? module : val(py_names.main));
  dict_set(ns, val(py_names.qualname), val(f->code->qualname));
  Value cell = py_run_code(f->code, f->globals, ns, f->closure);
  Value cls = py_new_class(to_str(name), as<TupleObj>(bases), ns,
                           kw == py_none ? nullptr : as<DictObj>(kw));
  if (type_of(cell) == &type_cell) as<CellObj>(cell)->value = cls;
  return cls;
}

namespace {
Value instantiate(Value v, const char* message) {
  if (py_is_type(v) && (as<Type>(v)->flags & kTypeException)) {
    Value e = py_call_0(v);
    if (py_is_exc(e)) return e;
  } else if (py_is_exc(v)) {
    return v;
  }
  py_raise(&exc_TypeError, "%s", message);
}
}  // namespace

void exec_raise(Frame*, Value exception, Value cause, bool has_cause) {
  Value e = instantiate(exception, "exceptions must derive from BaseException");
  if (has_cause && cause != py_none) {
    cause = instantiate(cause, "exception causes must derive from BaseException");
  }
  as<ExcObj>(e)->trace_frame = nullptr;
  py_raise_object(e, cause, has_cause);
}

void exec_reraise_handled() {
  for (Frame* f = vm.frame; f; f = f->prev) {
    if (f->handled) nlr_jump(f->handled);
  }
  py_raise(&exc_RuntimeError, "No active exception to reraise");
}

void exec_name_error(StrObj* name) { py_raise(&exc_NameError, "name '%S' is not defined", name); }

Value exec_load_global(Frame* f, StrObj* name) {
  Value v = dict_get_str(f->globals, name);
  if (!v) v = dict_get_str(vm.builtins, name);
  if (!v) exec_name_error(name);
  return v;
}

Value exec_load_name(Frame* f, StrObj* name) {
  Value v = dict_get_str(f->ns, name);
  return v ? v : exec_load_global(f, name);
}

void exec_unbound_local(StrObj* name) {
  py_raise(&exc_UnboundLocalError,
           "cannot access local variable '%S' where it is not associated with a value", name);
}

void exec_unbound_free(Frame* f, uint32_t i) {
  CodeObj* c = f->code;
  if (i < c->n_cells) exec_unbound_local(to_str(c->cellnames->items[i]));
  py_raise(&exc_NameError,
           "cannot access free variable '%S' where it is not associated with a value in enclosing "
           "scope",
           to_str(c->freenames->items[i - c->n_cells]));
}

Value exec_import_from(Value module, StrObj* name) {
  Value v = py_load_attr_maybe(module, name);
  if (!v) {
    py_raise(&exc_ImportError, "cannot import name '%S' from '%S' (unknown location)", name,
             as<ModuleObj>(module)->name);
  }
  return v;
}

void exec_with_enter(Value manager, Value* exit, Value* entered) {
  Value enter = py_lookup_special(manager, py_names.enter);
  if (!enter) {
    py_raise(&exc_TypeError, "'%N' object does not support the context manager protocol", manager);
  }
  *exit = py_lookup_special(manager, py_names.exit);
  if (!*exit) {
    py_raise(&exc_TypeError,
             "'%N' object does not support the context manager protocol (missed __exit__ method)",
             manager);
  }
  *entered = py_call_0(enter);
}

Value exec_with_except(Value exit, Value exception) {
  Value args[3] = {type_value(type_of(exception)), exception, py_none};
  return py_bool(py_is_true(py_call_function_n_kw(exit, 3, 0, args)));
}

Value exec_build_string(const Value* parts, uint32_t n) {
  BufObj* b = py_new_buf();
  for (uint32_t i = 0; i < n; i++) buf_str(b, to_str(parts[i]));
  return val(buf_finish(b));
}

Value exec_format(Value v, uint32_t flags, Value spec) {
  if (flags & kFormatStr) v = val(py_str(v));
  if (flags & kFormatRepr) v = val(py_repr(v));
  return val(py_format(v, spec ? to_str(spec) : py_names.empty));
}
