// Type objects: their set-up, the `type` type itself, subclass tests, and the methods that builtin
// types have because of their slots (__len__, __iter__, ...).
#include <cstring>

#include "vm/runtime.h"

void py_type_setup(Type* t, const char* name, Type* base) {
  t->head.type = &type_type;
  gc_add_static(type_value(t));
  t->name = py_intern_cstr(name);
  t->module = nullptr;
  t->base = base;
  t->dict = py_new_dict(&type_dict);
  size_t n = base ? base->mro->n : 0;
  t->mro = py_new_tuple(n + 1, nullptr);
  t->mro->items[0] = type_value(t);
  for (size_t i = 0; i < n; i++) t->mro->items[i + 1] = base->mro->items[i];
  t->bases = py_new_tuple(base ? 1 : 0, nullptr);
  if (base) t->bases->items[0] = type_value(base);
  if (!t->attr && base && (base->flags & kTypeException)) t->flags |= kTypeException;
}

void py_type_method(Type* t, const char* name, NativeFn fn, int min_args, int max_args,
                    bool keywords) {
  Value f = py_new_builtin(name, fn, min_args, max_args, keywords);
  as<BuiltinObj>(f)->is_method = true;
  as<BuiltinObj>(f)->owner = t;
  dict_set(t->dict, val(py_intern_cstr(name)), f);
}

void py_type_static(Type* t, const char* name, NativeFn fn, int min_args, int max_args) {
  auto* w = gc_new<WrapperObj>(&type_staticmethod);
  w->fun = py_new_builtin(name, fn, min_args, max_args, false);
  dict_set(t->dict, val(py_intern_cstr(name)), val(w));
}

void py_type_classmethod(Type* t, const char* name, NativeFn fn, int min_args, int max_args) {
  auto* w = gc_new<WrapperObj>(&type_classmethod);
  w->fun = py_new_builtin(name, fn, min_args, max_args, false);
  as<BuiltinObj>(w->fun)->is_method = true;
  dict_set(t->dict, val(py_intern_cstr(name)), val(w));
}

bool py_is_type(Value v) { return !is_small(v) && v->type == &type_type; }

bool py_is_subtype(Type* t, Type* base) {
  if (t == base) return true;
  for (size_t i = 0; i < t->mro->n; i++) {
    if (t->mro->items[i] == type_value(base)) return true;
  }
  return false;
}

bool py_isinstance(Value v, Value cls) {
  if (type_of(cls) == &type_tuple) {
    auto* t = as<TupleObj>(cls);
    for (size_t i = 0; i < t->n; i++) {
      if (py_isinstance(v, t->items[i])) return true;
    }
    return false;
  }
  if (!py_is_type(cls)) {
    py_raise(&exc_TypeError, "isinstance() arg 2 must be a type, a tuple of types, or a union");
  }
  return py_is_subtype(type_of(v), as<Type>(cls));
}

namespace {
void type_trace(Obj* o) {
  auto* t = reinterpret_cast<Type*>(o);
  gc_mark(val(t->name));
  gc_mark(val(t->module));
  gc_mark_type(t->base);
  gc_mark(val(t->bases));
  gc_mark(val(t->mro));
  gc_mark(val(t->dict));
}

void type_print(BufObj* b, Value v, PrintKind) {
  auto* t = as<Type>(v);
  buf_cstr(b, "<class '");
  if (t->module) {
    buf_str(b, t->module);
    buf_char(b, '.');
    Value q = dict_get_str(t->dict, py_names.qualname);
    buf_str(b, q && py_is_str(q) ? to_str(q) : t->name);
  } else {
    buf_str(b, t->name);
  }
  buf_cstr(b, "'>");
}

}  // namespace

PY_NOINLINE Value py_type_call(Value self, size_t n_args, size_t n_kw, const Value* args) {
  auto* t = as<Type>(self);
  if (t == &type_type) {
    if (n_args == 1 && n_kw == 0) return type_value(type_of(args[0]));
    if (n_args == 3) py_raise(&exc_NotImplementedError, "type() with three arguments");
    py_raise(&exc_TypeError, "type() takes 1 or 3 arguments");
  }
  if (!t->make_new) py_raise(&exc_TypeError, "cannot create '%T' instances", t);
  return t->make_new(t, n_args, n_kw, args);
}

namespace {
Value type_binary(BinaryOp op, Value, Value other, bool) {
  if (op == kOr && (py_is_type(other) || other == py_none)) {
    py_raise(&exc_NotImplementedError, "a union of types");
  }
  return nullptr;
}

Value type_attr(Value v, StrObj* name) {
  auto* t = as<Type>(v);
  if (Value attr = py_type_lookup(t, name)) {
    if (!(str_equal(name, py_names.qualname) && py_is_str(attr))) return py_bind(attr, nullptr, t);
    return attr;
  }
  if (str_equal(name, py_names.name) || str_equal(name, py_names.qualname)) return val(t->name);
  if (str_equal(name, py_names.mro)) return val(t->mro);
  if (str_equal(name, py_names.bases)) return val(t->bases);
  if (str_equal(name, py_names.class_)) return type_value(&type_type);
  if (str_equal(name, py_names.doc)) return py_none;
  if (str_equal(name, py_names.module)) {
    return t->module ? val(t->module) : val(py_intern_cstr("builtins"));
  }
  if (str_equal(name, py_names.dict)) return val(dict_copy(t->dict, &type_dict));
  return nullptr;
}

bool type_set_attr(Value v, StrObj* name, Value value) {
  auto* t = as<Type>(v);
  if (!(t->flags & kTypeUser)) {
    py_raise(&exc_TypeError, "cannot set '%S' attribute of immutable type '%T'", name, t);
  }
  if (str_equal(name, py_names.name) || str_equal(name, py_names.bases)) {
    py_raise(&exc_NotImplementedError, "assignment to %S of a class", name);
  }
  StrObj* key = py_intern(name->data, name->bytes);
  if (value) {
    dict_set(t->dict, val(key), value);
  } else if (!dict_delete(t->dict, val(key), nullptr)) {
    return false;
  }
  return true;
}

}  // namespace

int64_t py_identity_hash(Value v) {
  return static_cast<int64_t>(reinterpret_cast<uintptr_t>(v) >> 4);
}

namespace {
Value type_mro(size_t, size_t, const Value* args) {
  return val(py_list_from(val(as<Type>(args[0])->mro)));
}

// --- methods from slots
Value slot_len(size_t, size_t, const Value* a) { return int_from_i64(py_len(a[0])); }
Value slot_iter(size_t, size_t, const Value* a) { return py_getiter(a[0]); }
Value slot_next(size_t, size_t, const Value* a) {
  if (Value v = py_iternext(a[0])) return v;
  if (type_of(a[0]) == &type_generator && as<GenObj>(a[0])->result) {
    py_raise_value(&exc_StopIteration, as<GenObj>(a[0])->result);
  }
  py_raise_value(&exc_StopIteration, nullptr);
}
Value slot_getitem(size_t, size_t, const Value* a) { return py_subscr(a[0], a[1]); }
Value slot_setitem(size_t, size_t, const Value* a) {
  py_subscr_store(a[0], a[1], a[2]);
  return py_none;
}
Value slot_delitem(size_t, size_t, const Value* a) {
  py_subscr_delete(a[0], a[1]);
  return py_none;
}
Value slot_contains(size_t, size_t, const Value* a) { return py_bool(py_contains(a[0], a[1])); }
Value slot_call(size_t n, size_t kw, const Value* a) {
  return py_call_function_n_kw(a[0], n - 1, kw, a + 1);
}
}  // namespace

PY_NOINLINE Value py_slot_binary_op(BinaryOp op, const Value* a, bool reflected) {
  Value r = type_of(a[0])->binary_op(op, a[0], a[1], reflected);
  return r ? r : py_notimplemented;
}

namespace {
template <BinaryOp op, bool reflected>
Value slot_binary(size_t, size_t, const Value* a) {
  return py_slot_binary_op(op, a, reflected);
}
template <UnaryOp op>
Value slot_unary(size_t, size_t, const Value* a) {
  return py_unary_op(op, a[0]);
}

template <BinaryOp op>
void add_binary(Type* t, const char* name, const char* reflected) {
  py_type_method(t, name, slot_binary<op, false>, 2, 2);
  if (reflected) py_type_method(t, reflected, slot_binary<op, true>, 2, 2);
}

void add_number_methods(Type* t, bool integer) {
  add_binary<kAdd>(t, "__add__", "__radd__");
  add_binary<kSub>(t, "__sub__", "__rsub__");
  add_binary<kMul>(t, "__mul__", "__rmul__");
  add_binary<kTrueDiv>(t, "__truediv__", "__rtruediv__");
  add_binary<kFloorDiv>(t, "__floordiv__", "__rfloordiv__");
  add_binary<kMod>(t, "__mod__", "__rmod__");
  add_binary<kPow>(t, "__pow__", "__rpow__");
  add_binary<kLt>(t, "__lt__", nullptr);
  add_binary<kLe>(t, "__le__", nullptr);
  add_binary<kGt>(t, "__gt__", nullptr);
  add_binary<kGe>(t, "__ge__", nullptr);
  py_type_method(t, "__neg__", slot_unary<kNeg>, 1, 1);
  py_type_method(t, "__pos__", slot_unary<kPos>, 1, 1);
  py_type_method(t, "__abs__", slot_unary<kAbs>, 1, 1);
  if (!integer) return;
  add_binary<kLshift>(t, "__lshift__", "__rlshift__");
  add_binary<kRshift>(t, "__rshift__", "__rrshift__");
  add_binary<kAnd>(t, "__and__", "__rand__");
  add_binary<kOr>(t, "__or__", "__ror__");
  add_binary<kXor>(t, "__xor__", "__rxor__");
  py_type_method(t, "__invert__", slot_unary<kInvert>, 1, 1);
}
}  // namespace

void py_init_slot_methods() {
  Type* const types[] = {&type_str,       &type_list,      &type_tuple,       &type_dict,
                         &type_set,       &type_frozenset, &type_range,       &type_function,
                         &type_builtin,   &type_method,    &type_generator,   &type_iter,
                         &type_enumerate, &type_zip,       &type_map,         &type_filter,
                         &type_reversed,  &type_dict_keys, &type_dict_values, &type_dict_items};
  for (Type* t : types) {
    if (t->len) py_type_method(t, "__len__", slot_len, 1, 1);
    if (t->getiter) py_type_method(t, "__iter__", slot_iter, 1, 1);
    if (t->iternext) py_type_method(t, "__next__", slot_next, 1, 1);
    if (t->subscr) py_type_method(t, "__getitem__", slot_getitem, 2, 2);
    if (t->contains) py_type_method(t, "__contains__", slot_contains, 2, 2);
    if (t->call) py_type_method(t, "__call__", slot_call, 1, -1, true);
  }
  for (Type* t : {&type_list, &type_dict}) {
    py_type_method(t, "__setitem__", slot_setitem, 3, 3);
    py_type_method(t, "__delitem__", slot_delitem, 2, 2);
  }
  for (Type* t : {&type_str, &type_list, &type_tuple}) {
    add_binary<kAdd>(t, "__add__", nullptr);
    add_binary<kMul>(t, "__mul__", "__rmul__");
    add_binary<kLt>(t, "__lt__", nullptr);
    add_binary<kLe>(t, "__le__", nullptr);
    add_binary<kGt>(t, "__gt__", nullptr);
    add_binary<kGe>(t, "__ge__", nullptr);
  }
  add_number_methods(&type_int, true);
  add_number_methods(&type_float, false);
}

void py_init_types() {
  type_object.hash = py_identity_hash;
  type_object.print = py_default_print;
  type_object.trace = [](Obj* o) { gc_mark(val(reinterpret_cast<InstanceObj*>(o)->attrs)); };
  type_type.head.type = &type_type;
  type_type.trace = type_trace;
  type_type.print = type_print;
  type_type.call = py_type_call;
  type_type.attr = type_attr;
  type_type.binary_op = type_binary;
  type_type.set_attr = type_set_attr;
  type_type.hash = py_identity_hash;
  type_type.flags |= kTypeFinal;
  py_type_setup(&type_object, "object", nullptr);
  py_type_setup(&type_type, "type", &type_object);
  py_type_method(&type_type, "mro", type_mro, 1, 1);
}
