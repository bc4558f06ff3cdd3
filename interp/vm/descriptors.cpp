// property, staticmethod, classmethod, super, and the singletons None, NotImplemented, Ellipsis.
#include "vm/runtime.h"

Obj py_none_obj, py_true_obj, py_false_obj, py_notimplemented_obj, py_ellipsis_obj;

Type type_int, type_bool, type_float, type_str, type_none, type_list, type_tuple, type_dict,
    type_set, type_frozenset, type_range, type_function, type_builtin, type_method, type_generator,
    type_type, type_object, type_module, type_cell, type_code, type_slice, type_notimplemented,
    type_ellipsis, type_buf, type_property, type_staticmethod, type_classmethod, type_super,
    type_iter, type_enumerate, type_zip, type_map, type_filter, type_reversed, type_dict_keys,
    type_dict_values, type_dict_items;

namespace {
Value property_new(Type*, size_t n, size_t n_kw, const Value* a) {
  StrObj* names[] = {py_intern_cstr("fget"), py_intern_cstr("fset"), py_intern_cstr("fdel"),
                     py_intern_cstr("doc"), nullptr};
  py_kw_check("property", n, n_kw, a, names);
  auto* p = gc_new<PropertyObj>(&type_property);
  Value* fields[] = {&p->get, &p->set, &p->del, &p->doc};
  for (size_t i = 0; i < 4; i++) {
    Value v = i < n ? a[i] : py_kw_get(n, n_kw, a, names[i]);
    *fields[i] = v ? v : py_none;
  }
  return val(p);
}

PropertyObj* copy(Value v) {
  auto* p = as<PropertyObj>(v);
  auto* q = gc_new<PropertyObj>(&type_property);
  q->get = p->get;
  q->set = p->set;
  q->del = p->del;
  q->doc = p->doc;
  return q;
}
Value property_getter(size_t, size_t, const Value* a) {
  PropertyObj* q = copy(a[0]);
  q->get = a[1];
  return val(q);
}
Value property_setter(size_t, size_t, const Value* a) {
  PropertyObj* q = copy(a[0]);
  q->set = a[1];
  return val(q);
}
Value property_deleter(size_t, size_t, const Value* a) {
  PropertyObj* q = copy(a[0]);
  q->del = a[1];
  return val(q);
}
Value property_attr(Value v, StrObj* name) {
  auto* p = as<PropertyObj>(v);
  if (str_equal(name, py_intern_cstr("fget"))) return p->get;
  if (str_equal(name, py_intern_cstr("fset"))) return p->set;
  if (str_equal(name, py_intern_cstr("fdel"))) return p->del;
  if (str_equal(name, py_names.doc)) {
    if (p->doc != py_none || p->get == py_none) return p->doc;
    return py_load_attr(p->get, py_names.doc);
  }
  return py_generic_attr(v, name);
}

Value wrapper_new(Type* t, size_t n, size_t n_kw, const Value* a) {
  if (n != 1 || n_kw)
    py_raise(&exc_TypeError, "%T expected 1 argument, got %d", t, static_cast<int>(n));
  auto* w = gc_new<WrapperObj>(t);
  w->fun = a[0];
  return val(w);
}
Value wrapper_attr(Value v, StrObj* name) {
  if (str_equal(name, py_names.func) || str_equal(name, py_names.wrapped))
    return as<WrapperObj>(v)->fun;
  return py_generic_attr(v, name);
}
Value staticmethod_call(Value v, size_t n, size_t n_kw, const Value* a) {
  return py_call_function_n_kw(as<WrapperObj>(v)->fun, n, n_kw, a);
}

Value super_new(Type*, size_t n, size_t, const Value* a) {
  if (n == 0) py_raise(&exc_RuntimeError, "super(): no arguments");
  if (n != 2) py_raise(&exc_NotImplementedError, "super() with one argument");
  if (!py_is_type(a[0]))
    py_raise(&exc_TypeError, "super() argument 1 must be a type, not %N", a[0]);
  bool of_class = py_is_type(a[1]) && py_is_subtype(as<Type>(a[1]), as<Type>(a[0]));
  if (!of_class && !py_is_subtype(type_of(a[1]), as<Type>(a[0]))) {
    py_raise(&exc_TypeError, "super(type, obj): obj must be an instance or subtype of type");
  }
  auto* s = gc_new<SuperObj>(&type_super);
  s->start = as<Type>(a[0]);
  s->self = a[1];
  return val(s);
}

Value super_attr(Value v, StrObj* name) {
  auto* s = as<SuperObj>(v);
  bool of_class = py_is_type(s->self) && py_is_subtype(as<Type>(s->self), s->start);
  Type* t = of_class ? as<Type>(s->self) : type_of(s->self);
  size_t i = 0;
  while (t->mro->items[i] != type_value(s->start)) i++;
  for (i++; i < t->mro->n; i++) {
    Value attr = dict_get_str(as<Type>(t->mro->items[i])->dict, name);
    if (!attr) continue;
    return py_bind(attr, of_class ? nullptr : s->self, t);
  }
  return nullptr;
}

void mark_property(Obj* o) {
  auto* p = reinterpret_cast<PropertyObj*>(o);
  gc_mark(p->get);
  gc_mark(p->set);
  gc_mark(p->del);
  gc_mark(p->doc);
}

void singleton(Obj* o, Type* t, const char* type_name, void (*print)(BufObj*, Value, PrintKind)) {
  o->type = t;
  py_type_setup(t, type_name, &type_object);
  t->print = print;
  t->hash = type_object.hash;
}
}  // namespace

void py_init_descriptors() {
  singleton(&py_none_obj, &type_none, "NoneType",
            [](BufObj* b, Value, PrintKind) { buf_cstr(b, "None"); });
  singleton(&py_notimplemented_obj, &type_notimplemented, "NotImplementedType",
            [](BufObj* b, Value, PrintKind) { buf_cstr(b, "NotImplemented"); });
  singleton(&py_ellipsis_obj, &type_ellipsis, "ellipsis",
            [](BufObj* b, Value, PrintKind) { buf_cstr(b, "Ellipsis"); });
  Type* t = &type_property;
  py_type_setup(t, "property", &type_object);
  t->make_new = property_new;
  t->attr = property_attr;
  t->trace = mark_property;
  py_type_method(t, "getter", property_getter, 2, 2);
  py_type_method(t, "setter", property_setter, 2, 2);
  py_type_method(t, "deleter", property_deleter, 2, 2);
  py_type_setup(&type_staticmethod, "staticmethod", &type_object);
  py_type_setup(&type_classmethod, "classmethod", &type_object);
  for (Type* w : {&type_staticmethod, &type_classmethod}) {
    w->make_new = wrapper_new;
    w->attr = wrapper_attr;
    w->trace = [](Obj* o) { gc_mark(reinterpret_cast<WrapperObj*>(o)->fun); };
  }
  type_staticmethod.call = staticmethod_call;
  py_type_setup(&type_super, "super", &type_object);
  type_super.make_new = super_new;
  type_super.attr = super_attr;
  type_super.trace = [](Obj* o) {
    gc_mark_type(reinterpret_cast<SuperObj*>(o)->start);
    gc_mark(reinterpret_cast<SuperObj*>(o)->self);
  };
  for (Type* x : {t, &type_staticmethod, &type_classmethod, &type_super}) {
    x->hash = type_object.hash;
    x->print = type_object.print;
  }
}
