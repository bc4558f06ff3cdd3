// Classes made by class statements: the C3 order, the checks of what is supported, and the slots
// of their instances, which forward each operation to the special method.
#include <cstring>

#include "vm/runtime.h"

void py_init_slot_methods();

namespace {
struct BinaryNames {
  StrObj *normal, *reflected, *inplace;
};
BinaryNames binary_names[kBinaryOpCount];

void init_binary_names() {
  static const char* const stems[kBinaryOpCount] = {
      "add", "sub", "mul",    "truediv", "floordiv", "mod", "pow", "lshift", "rshift", "and",
      "or",  "xor", "matmul", "divmod",  "lt",       "le",  "eq",  "ne",     "gt",     "ge"};
  static const char* const mirrored[] = {"gt", "ge", "eq", "ne", "lt", "le"};
  for (int i = 0; i < kBinaryOpCount; i++) {
    char text[32];
    auto make = [&](const char* prefix, const char* stem) {
      std::strcpy(text, "__");
      std::strcat(text, prefix);
      std::strcat(text, stem);
      std::strcat(text, "__");
      return py_intern_cstr(text);
    };
    binary_names[i].normal = make("", stems[i]);
    binary_names[i].reflected = i >= kLt ? make("", mirrored[i - kLt]) : make("r", stems[i]);
    binary_names[i].inplace = make("i", stems[i]);
  }
}

bool is_native(Value attr) { return attr && type_of(attr) == &type_builtin; }

// A special method defined in Python (or the native one of a base, when `native` is set).
Value special(Value self, StrObj* name, bool native = false) {
  Value attr = py_type_lookup(type_of(self), name);
  if (!attr || attr == py_none || (is_native(attr) && !native)) return nullptr;
  return py_bind(attr, self, type_of(self));
}

Value instance_call(Value self, size_t n_args, size_t n_kw, const Value* args) {
  Value method = special(self, py_names.call);
  if (!method) py_raise(&exc_TypeError, "'%N' object is not callable", self);
  return py_call_function_n_kw(method, n_args, n_kw, args);
}

}  // namespace

Value py_instance_unary(UnaryOp op, Value self) {
  StrObj* const names[] = {py_names.neg, py_names.pos, py_names.invert, py_names.abs};
  Value method = special(self, names[op]);
  return method ? py_call_0(method) : nullptr;
}

namespace {
Value call_binary(Value self, StrObj* name, Value other) {
  Value method = special(self, name);
  if (!method) return nullptr;
  Value r = py_call_1(method, other);
  return r == py_notimplemented ? nullptr : r;
}

}  // namespace

Value py_instance_binary(BinaryOp op, Value self, Value other, bool reflected) {
  const BinaryNames& names = binary_names[op];
  if (Value r = call_binary(self, reflected ? names.reflected : names.normal, other)) return r;
  if (op != kNe) return nullptr;
  Value eq = call_binary(self, py_names.eq, other);
  return eq ? py_bool(!py_is_true(eq)) : nullptr;
}

Value py_instance_inplace(BinaryOp op, Value self, Value other) {
  return call_binary(self, binary_names[op].inplace, other);
}

Value py_instance_subscr(Value self, Value index, Value value, SubscrKind kind) {
  StrObj* name = kind == SubscrKind::kLoad    ? py_names.getitem
                 : kind == SubscrKind::kStore ? py_names.setitem
                                              : py_names.delitem;
  Value method = special(self, name);
  if (!method) return nullptr;
  if (kind != SubscrKind::kStore) {
    Value r = py_call_1(method, index);
    return kind == SubscrKind::kLoad ? r : py_none;
  }
  py_call_2(method, index, value);
  return py_none;
}

Value py_instance_contains(Value self, Value item) {
  Value method = special(self, py_names.contains);
  return method ? py_bool(py_is_true(py_call_1(method, item))) : nullptr;
}

int64_t py_instance_len(Value self) {
  Value method = special(self, py_names.len);
  if (!method) return -1;
  Value v = py_call_0(method);
  if (!py_is_int(v)) {
    py_raise(&exc_TypeError, "'%N' object cannot be interpreted as an integer", v);
  }
  int64_t n = py_index(v);
  if (n < 0) py_raise(&exc_ValueError, "__len__() should return >= 0");
  return n;
}

int64_t py_instance_hash(Value self) {
  Value method = special(self, py_names.hash);
  if (!method) return py_identity_hash(self);
  Value v = py_call_0(method);
  if (!py_is_int(v)) py_raise(&exc_TypeError, "__hash__ method should return an integer");
  return int_hash(v);
}

bool py_instance_truth(Value self) {
  if (Value method = special(self, py_names.bool_)) {
    Value v = py_call_0(method);
    if (type_of(v) != &type_bool) {
      py_raise(&exc_TypeError, "__bool__ should return bool, returned %N", v);
    }
    return v == py_true;
  }
  int64_t n = py_instance_len(self);
  return n != 0;
}

namespace {
void default_print(BufObj* b, Value self) {
  char text[40];
  Type* t = type_of(self);
  buf_char(b, '<');
  buf_str(b, t->module ? t->module : py_intern_cstr("builtins"));
  buf_char(b, '.');
  Value q = dict_get_str(t->dict, py_names.qualname);
  buf_str(b, q && py_is_str(q) ? to_str(q) : t->name);
  std::snprintf(text, sizeof text, " object at %p>", static_cast<void*>(self));
  buf_cstr(b, text);
}

void native_print(BufObj* b, Value self, PrintKind kind) {
  if (type_of(self)->flags & kTypeException) {
    py_exc_print(b, self, kind);
  } else {
    default_print(b, self);
  }
}

}  // namespace

void py_instance_print(BufObj* b, Value self, PrintKind kind) {
  Type* t = type_of(self);
  Value method = nullptr;
  if (kind == kPrintStr) {
    Value attr = py_type_lookup(t, py_names.str);
    if (attr && !is_native(attr)) method = py_bind(attr, self, t);
    // An exception without its own __str__ prints its arguments, whatever its __repr__.
    if (!method && (t->flags & kTypeException)) return native_print(b, self, kind);
  }
  if (!method) method = special(self, py_names.repr);
  if (!method) return native_print(b, self, kind);
  Value text = py_call_0(method);
  if (!py_is_str(text)) {
    py_raise(&exc_TypeError, "%s returned non-string (type %N)",
             kind == kPrintStr && special(self, py_names.str) ? "__str__" : "__repr__", text);
  }
  buf_str(b, to_str(text));
}

bool py_instance_set_attr(Value self, StrObj* name, Value value) {
  Value method = special(self, value ? py_names.setattr : py_names.delattr);
  if (!method && (type_of(self)->flags & kTypeException)) {
    return py_exc_set_attr(self, name, value);
  }
  if (!method) return py_generic_set_attr(self, name, value);
  if (value) {
    py_call_2(method, val(name), value);
  } else {
    py_call_1(method, val(name));
  }
  return true;
}

namespace {
void instance_trace(Obj* o) { gc_mark(val(reinterpret_cast<InstanceObj*>(o)->attrs)); }

Value allocate(Type* t) {
  if (t->flags & kTypeException) {
    auto* e = gc_new<ExcObj>(t);
    e->args = py_new_tuple(0, nullptr);
    return val(e);
  }
  auto* o = gc_new<InstanceObj>(t);
  o->attrs = py_new_dict(&type_dict);
  return val(o);
}

Value instance_make_new(Type* t, size_t n_args, size_t n_kw, const Value* args) {
  Value maker = py_type_lookup(t, py_names.new_);
  Value init = py_type_lookup(t, py_names.init);
  Value self;
  bool exception = (t->flags & kTypeException) != 0;
  if (maker && type_of(maker) == &type_staticmethod && !is_native(as<WrapperObj>(maker)->fun)) {
    size_t total = 1 + n_args + 2 * n_kw;
    TupleObj* all = py_new_tuple(total, nullptr);
    all->items[0] = type_value(t);
    for (size_t i = 1; i < total; i++) all->items[i] = args[i - 1];
    self = py_call_function_n_kw(as<WrapperObj>(maker)->fun, n_args + 1, n_kw, all->items);
    if (!py_is_subtype(type_of(self), t)) return self;
  } else {
    self = allocate(t);
    if (exception) as<ExcObj>(self)->args = py_new_tuple(n_args, args);
    if (!exception && is_native(init) && n_args + n_kw > 0) {
      py_raise(&exc_TypeError, "%T() takes no arguments", t);
    }
    if (exception && is_native(init) && n_kw > 0) {
      py_raise(&exc_TypeError, "%T() takes no keyword arguments", t);
    }
  }
  if (!is_native(init)) {
    Value r = py_call_function_n_kw(py_bind(init, self, t), n_args, n_kw, args);
    if (r != py_none) py_raise(&exc_TypeError, "__init__() should return None, not '%N'", r);
  }
  return self;
}

// C3: merges the orders of the bases and the bases themselves.
TupleObj* linearize(Type* t, TupleObj* bases) {
  ListObj* lists = py_new_list(0);
  for (size_t i = 0; i < bases->n; i++) {
    list_append(lists, val(py_list_from(val(as<Type>(bases->items[i])->mro))));
  }
  list_append(lists, val(py_list_from(val(bases))));
  ListObj* out = py_new_list(0);
  list_append(out, type_value(t));
  for (;;) {
    Value next = nullptr;
    bool any = false;
    for (size_t i = 0; i < lists->n && !next; i++) {
      auto* l = as<ListObj>(lists->items[i]);
      if (l->n == 0) continue;
      any = true;
      Value candidate = l->items[0];
      bool good = true;
      for (size_t j = 0; j < lists->n && good; j++) {
        auto* m = as<ListObj>(lists->items[j]);
        for (size_t k = 1; k < m->n; k++) good = good && m->items[k] != candidate;
      }
      if (good) next = candidate;
    }
    if (!any) return py_tuple_from(val(out));
    if (!next) {
      BufObj* names = py_new_buf();
      for (size_t i = 0; i < bases->n; i++) {
        if (i) buf_cstr(names, ", ");
        buf_str(names, as<Type>(bases->items[i])->name);
      }
      py_raise(&exc_TypeError,
               "Cannot create a consistent method resolution\norder (MRO) for bases %S",
               buf_finish(names));
    }
    list_append(out, next);
    for (size_t i = 0; i < lists->n; i++) {
      auto* l = as<ListObj>(lists->items[i]);
      if (l->n && l->items[0] == next) {
        for (size_t k = 1; k < l->n; k++) l->items[k - 1] = l->items[k];
        l->n--;
      }
    }
  }
}

// Special names whose meaning is not implemented: refusing them is better than ignoring them.
void check_names(DictObj* dict) {
  static const char* const refused[] = {
      "__slots__",         "__del__",         "__getattribute__",  "__prepare__",
      "__class_getitem__", "__await__",       "__aiter__",         "__anext__",
      "__aenter__",        "__aexit__",       "__instancecheck__", "__subclasscheck__",
      "__missing__",       "__metaclass__",   "__dir__",           "__bytes__",
      "__complex__",       "__copy__",        "__deepcopy__",      "__reduce__",
      "__getstate__",      "__length_hint__", "__mro_entries__",   "__match_args__"};
  for (const char* name : refused) {
    if (dict_get_str(dict, py_intern_cstr(name))) {
      py_raise(&exc_NotImplementedError, "%s in a class", name);
    }
  }
}

Value object_init(size_t n_args, size_t, const Value* args) {
  if (type_of(args[0])->flags & kTypeException) {
    as<ExcObj>(args[0])->args = py_new_tuple(n_args - 1, args + 1);
  } else if (n_args > 1) {
    py_raise(&exc_TypeError,
             "object.__init__() takes exactly one argument (the instance to initialize)");
  }
  return py_none;
}
Value object_new(size_t n_args, size_t, const Value* args) {
  if (!py_is_type(args[0])) py_raise(&exc_TypeError, "object.__new__(X): X is not a type object");
  auto* t = as<Type>(args[0]);
  if (!(t->flags & (kTypeUser | kTypeException)) && t != &type_object) {
    py_raise(&exc_NotImplementedError, "object.__new__(%T)", t);
  }
  Value v = allocate(t);
  if (t->flags & kTypeException) as<ExcObj>(v)->args = py_new_tuple(n_args - 1, args + 1);
  return v;
}
Value object_make_new(Type* t, size_t n_args, size_t n_kw, const Value*) {
  if (n_args + n_kw) py_raise(&exc_TypeError, "object() takes no arguments");
  return allocate(t);
}
Value object_print_method(Value self, PrintKind kind) {
  BufObj* b = py_new_buf();
  if (!(type_of(self)->flags & kTypeUser)) {
    py_print_helper(b, self, kind);
  } else if (kind == kPrintStr && !(type_of(self)->flags & kTypeException)) {
    py_print_helper(b, self, kPrintRepr);
  } else {
    native_print(b, self, kind);
  }
  return val(buf_finish(b));
}
Value object_repr(size_t, size_t, const Value* a) { return object_print_method(a[0], kPrintRepr); }
Value object_str(size_t, size_t, const Value* a) { return object_print_method(a[0], kPrintStr); }
Value object_eq(size_t, size_t, const Value* a) {
  if (type_of(a[0])->flags & kTypeUser) return a[0] == a[1] ? py_true : py_notimplemented;
  Type* t = type_of(a[0]);
  Value r = t->binary_op ? py_slot_binary_op(kEq, a, false) : py_notimplemented;
  return r == py_notimplemented && a[0] == a[1] ? py_true : r;
}
Value object_ne(size_t, size_t, const Value* a) {
  if (type_of(a[0])->flags & kTypeUser) {
    Value r = py_instance_binary(kNe, a[0], a[1], false);
    return r ? r : a[0] == a[1] ? py_false : py_notimplemented;
  }
  return py_bool(!py_equal(a[0], a[1]));
}
Value object_hash(size_t, size_t, const Value* a) {
  Type* t = type_of(a[0]);
  return int_from_i64(t->flags & kTypeUser ? py_identity_hash(a[0]) : py_hash(a[0]));
}
Value object_setattr(size_t, size_t, const Value* a) {
  if (!py_is_str(a[1])) py_raise(&exc_TypeError, "attribute name must be string, not '%N'", a[1]);
  if (!(type_of(a[0])->flags & (kTypeUser | kTypeException))) {
    py_store_attr(a[0], to_str(a[1]), a[2]);
  } else {
    py_generic_set_attr(a[0], to_str(a[1]), a[2]);
  }
  return py_none;
}
Value object_delattr(size_t, size_t, const Value* a) {
  if (!py_is_str(a[1])) py_raise(&exc_TypeError, "attribute name must be string, not '%N'", a[1]);
  py_generic_set_attr(a[0], to_str(a[1]), nullptr);
  return py_none;
}
Value object_getattribute(size_t, size_t, const Value* a) {
  if (!py_is_str(a[1])) py_raise(&exc_TypeError, "attribute name must be string, not '%N'", a[1]);
  Value r = py_generic_attr(a[0], to_str(a[1]));
  if (!r) {
    py_raise(&exc_AttributeError, "'%N' object has no attribute '%S'", a[0], to_str(a[1]));
  }
  return r;
}
Value object_format(size_t, size_t, const Value* a) {
  if (!py_is_str(a[1])) py_raise(&exc_TypeError, "__format__() argument must be str");
  if (!(type_of(a[0])->flags & kTypeUser)) return val(py_format(a[0], to_str(a[1])));
  if (to_str(a[1])->bytes) {
    py_raise(&exc_TypeError, "unsupported format string passed to %N.__format__", a[0]);
  }
  return val(py_str(a[0]));
}
Value object_init_subclass(size_t, size_t, const Value*) { return py_none; }
}  // namespace

void py_set_instance_slots(Type* t) {
  t->make_new = instance_make_new;
  t->call = instance_call;
  t->unary_op = py_instance_unary;
  t->binary_op = py_instance_binary;
  t->inplace_op = py_instance_inplace;
  t->subscr = py_instance_subscr;
  t->contains = py_instance_contains;
  t->print = py_instance_print;
  t->len = py_instance_len;
  t->hash = py_instance_hash;
  t->truth = py_instance_truth;
  t->set_attr = py_instance_set_attr;
  t->attr = t->flags & kTypeException ? py_exc_attr : nullptr;
  t->trace = t->flags & kTypeException ? exc_BaseException.trace : instance_trace;
  t->finalize = t->flags & kTypeException ? exc_BaseException.finalize : nullptr;
}

Value py_new_class(StrObj* name, TupleObj* bases, DictObj* dict, DictObj* kw) {
  if (kw && dict_get_str(kw, py_intern_cstr("metaclass"))) {
    py_raise(&exc_NotImplementedError, "metaclass=");
  }
  if (bases->n == 0) {
    Value object = type_value(&type_object);
    bases = py_new_tuple(1, &object);
  }
  uint32_t flags = kTypeUser;
  for (size_t i = 0; i < bases->n; i++) {
    if (!py_is_type(bases->items[i])) {
      py_raise(&exc_NotImplementedError, "a base class that is not a class: %R", bases->items[i]);
    }
    auto* base = as<Type>(bases->items[i]);
    for (size_t j = 0; j < i; j++) {
      if (bases->items[j] == bases->items[i]) {
        py_raise(&exc_TypeError, "duplicate base class %T", base);
      }
    }
    if (base == &type_bool || base == &type_none || base == &type_function || base == &type_range ||
        base == &type_slice || base == &type_generator) {
      py_raise(&exc_TypeError, "type '%T' is not an acceptable base type", base);
    }
    if (base != &type_object && !(base->flags & (kTypeUser | kTypeException))) {
      py_raise(&exc_NotImplementedError, "a subclass of the builtin type '%T'", base);
    }
    flags |= base->flags & kTypeException;
  }
  check_names(dict);
  auto* t = reinterpret_cast<Type*>(gc_alloc(&type_type, sizeof(Type)));
  t->flags = flags;
  t->name = name;
  t->dict = dict;
  t->bases = bases;
  t->base = as<Type>(bases->items[0]);
  t->mro = bases;  // something valid until the order is known
  t->mro = linearize(t, bases);
  Value module = dict_get_str(dict, py_names.module);
  t->module = module && py_is_str(module) ? to_str(module) : py_names.main;
  py_set_instance_slots(t);
  bool has_eq = dict_get_str(dict, py_names.eq) != nullptr;
  Value hash = dict_get_str(dict, py_names.hash);
  if (has_eq && !hash) {
    dict_set(dict, val(py_names.hash), py_none);
    hash = py_none;
  }
  if (py_type_lookup(t, py_names.hash) == py_none) t->flags |= kTypeUnhashable;
  auto implicit = [&](StrObj* special_name, Type* wrapper) {
    Value f = dict_get_str(dict, special_name);
    if (!f || type_of(f) != &type_function) return;
    auto* w = gc_new<WrapperObj>(wrapper);
    w->fun = f;
    dict_set(dict, val(special_name), val(w));
  };
  implicit(py_names.new_, &type_staticmethod);
  implicit(py_names.init_subclass, &type_classmethod);
  for (uint32_t i = 0; i < dict->n_entries; i++) {
    Value v = dict->entries[i].value;
    if (!dict->entries[i].key || !(type_of(v)->flags & kTypeUser)) continue;
    if (Value set_name = py_lookup_special(v, py_names.set_name)) {
      py_call_2(set_name, type_value(t), dict->entries[i].key);
    }
  }
  // __init_subclass__ of the next class in the order, with the class keywords.
  for (size_t i = 1; i < t->mro->n; i++) {
    Value f = dict_get_str(as<Type>(t->mro->items[i])->dict, py_names.init_subclass);
    if (!f) continue;
    Value bound = py_bind(f, nullptr, t);
    size_t n_kw = kw ? kw->used : 0;
    if (n_kw && as<Type>(t->mro->items[i]) == &type_object) {
      py_raise(&exc_TypeError, "%T.__init_subclass__() takes no keyword arguments", t);
    }
    TupleObj* pairs = py_new_tuple(2 * n_kw, nullptr);
    size_t k = 0;
    for (uint32_t j = 0; n_kw && j < kw->n_entries; j++) {
      if (!kw->entries[j].key) continue;
      pairs->items[k++] = kw->entries[j].key;
      pairs->items[k++] = kw->entries[j].value;
    }
    py_call_function_n_kw(bound, 0, n_kw, pairs->items);
    break;
  }
  return type_value(t);
}

void py_default_print(BufObj* b, Value v, PrintKind) { default_print(b, v); }

void py_init_object_methods() {
  init_binary_names();
  Type* t = &type_object;
  t->make_new = object_make_new;
  py_type_method(t, "__init__", object_init, 1, -1);
  py_type_static(t, "__new__", object_new, 1, -1);
  py_type_method(t, "__repr__", object_repr, 1, 1);
  py_type_method(t, "__str__", object_str, 1, 1);
  py_type_method(t, "__eq__", object_eq, 2, 2);
  py_type_method(t, "__ne__", object_ne, 2, 2);
  py_type_method(t, "__hash__", object_hash, 1, 1);
  py_type_method(t, "__setattr__", object_setattr, 3, 3);
  py_type_method(t, "__delattr__", object_delattr, 2, 2);
  py_type_method(t, "__getattribute__", object_getattribute, 2, 2);
  py_type_method(t, "__format__", object_format, 2, 2);
  py_type_classmethod(t, "__init_subclass__", object_init_subclass, 1, 1);
  py_init_slot_methods();
}
