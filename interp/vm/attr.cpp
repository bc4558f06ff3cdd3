// Attribute access: the lookup through the mro, descriptors and instance dictionaries.
#include "vm/runtime.h"

Value py_type_lookup(Type* t, StrObj* name) {
  TupleObj* mro = t->mro;
  for (size_t i = 0; i < mro->n; i++) {
    if (Value v = dict_get_str(as<Type>(mro->items[i])->dict, name)) return v;
  }
  return nullptr;
}

Value py_bind(Value attr, Value self, Type* t) {
  Type* ta = type_of(attr);
  if (ta == &type_function || (ta == &type_builtin && as<BuiltinObj>(attr)->is_method)) {
    return self ? py_new_method(attr, self) : attr;
  }
  if (ta == &type_property) {
    if (!self) return attr;
    auto* p = as<PropertyObj>(attr);
    if (p->get == py_none) {
      py_raise(&exc_AttributeError, "property of '%T' object has no getter", t);
    }
    return py_call_1(p->get, self);
  }
  if (ta == &type_staticmethod) return as<WrapperObj>(attr)->fun;
  if (ta == &type_classmethod) return py_new_method(as<WrapperObj>(attr)->fun, type_value(t));
  if (ta->flags & kTypeUser) {
    if (Value get = py_type_lookup(ta, py_names.get)) {
      Value args[3] = {attr, self ? self : py_none, type_value(t)};
      return py_call_function_n_kw(get, 3, 0, args);
    }
  }
  return attr;
}

Value py_lookup_special(Value v, StrObj* name) {
  Value attr = py_type_lookup(type_of(v), name);
  return attr && attr != py_none ? py_bind(attr, v, type_of(v)) : attr;
}

namespace {
DictObj* instance_dict(Value v) {
  if (is_small(v)) return nullptr;
  if (v->type->flags & (kTypeUser | kTypeException)) return as<InstanceObj>(v)->attrs;
  if (v->type == &type_function) return as<FunObj>(v)->attrs;
  if (v->type == &type_module) return as<ModuleObj>(v)->dict;
  return nullptr;
}

bool is_data_descriptor(Value attr) {
  Type* t = type_of(attr);
  return t == &type_property || ((t->flags & kTypeUser) && py_type_lookup(t, py_names.set));
}

struct GetAttr {
  Value v;
  StrObj* name;
  Value result;
};
void get_attr_body(void* context) {
  auto* g = static_cast<GetAttr*>(context);
  g->result = py_generic_attr(g->v, g->name);
}
}  // namespace

Value py_generic_attr(Value v, StrObj* name) {
  Type* t = type_of(v);
  Value attr = py_type_lookup(t, name);
  if (attr && is_data_descriptor(attr)) return py_bind(attr, v, t);
  DictObj* d = instance_dict(v);
  if (d) {
    if (Value own = dict_get_str(d, name)) return own;
  }
  if (attr) return py_bind(attr, v, t);
  if (name == py_names.class_ || str_equal(name, py_names.class_)) return type_value(t);
  if (d && str_equal(name, py_names.dict)) return val(d);
  return nullptr;
}

PY_NOINLINE Value py_load_attr_maybe(Value v, StrObj* name) {
  Type* t = type_of(v);
  if (t->attr) {
    if (Value r = t->attr(v, name)) return r;
  }
  if (!(t->flags & kTypeUser)) return t->attr ? nullptr : py_generic_attr(v, name);
  Value fallback = py_type_lookup(t, py_names.getattr);
  if (!fallback) return py_generic_attr(v, name);
  // A property that raises AttributeError also leads to __getattr__.
  GetAttr g = {v, name, nullptr};
  Value exception = py_try(get_attr_body, &g);
  if (exception && !py_exc_matches(exception, type_value(&exc_AttributeError))) {
    nlr_jump(exception);
  }
  if (!exception && g.result) return g.result;
  return py_call_2(fallback, v, val(name));
}

Value py_load_attr(Value v, StrObj* name) {
  Value r = py_load_attr_maybe(v, name);
  if (r) return r;
  if (py_is_type(v)) {
    py_raise(&exc_AttributeError, "type object '%T' has no attribute '%S'", as<Type>(v), name);
  }
  if (type_of(v) == &type_module) {
    py_raise(&exc_AttributeError, "module '%S' has no attribute '%S'", as<ModuleObj>(v)->name,
             name);
  }
  py_raise(&exc_AttributeError, "'%N' object has no attribute '%S'", v, name);
}

void py_load_method(Value v, StrObj* name, Value* fun, Value* self) {
  Type* t = type_of(v);
  if (!t->attr || t == &type_int) {
    Value attr = py_type_lookup(t, name);
    if (attr) {
      Type* ta = type_of(attr);
      bool plain = ta == &type_function || (ta == &type_builtin && as<BuiltinObj>(attr)->is_method);
      DictObj* d = plain ? instance_dict(v) : nullptr;
      if (plain && !(d && dict_get_str(d, name))) {
        *fun = attr;
        *self = v;
        return;
      }
    }
  }
  *fun = py_load_attr(v, name);
  *self = nullptr;
}

PY_NOINLINE void py_store_attr(Value v, StrObj* name, Value value) {
  Type* t = type_of(v);
  bool done = py_is_instance(t) ? py_instance_set_attr(v, name, value)
                                : t->set_attr && t->set_attr(v, name, value);
  if (done) return;
  const char* what = py_type_lookup(t, name) ? "'%N' object attribute '%S' is read-only"
                                             : "'%N' object has no attribute '%S'";
  py_raise(&exc_AttributeError, what, v, name);
}

// The set_attr slot of everything that has an attribute dictionary, without __setattr__.
bool py_generic_set_attr(Value v, StrObj* name, Value value) {
  Type* t = type_of(v);
  Value attr = py_type_lookup(t, name);
  if (attr && type_of(attr) == &type_property) {
    auto* p = as<PropertyObj>(attr);
    Value fn = value ? p->set : p->del;
    if (fn == py_none) {
      py_raise(&exc_AttributeError, "property '%S' of '%T' object has no %s", name, t,
               value ? "setter" : "deleter");
    }
    if (value) {
      py_call_2(fn, v, value);
    } else {
      py_call_1(fn, v);
    }
    return true;
  }
  if (attr && (type_of(attr)->flags & kTypeUser)) {
    if (Value set = py_type_lookup(type_of(attr), value ? py_names.set : py_names.delete_)) {
      Value args[3] = {attr, v, value};
      py_call_function_n_kw(set, value ? 3 : 2, 0, args);
      return true;
    }
  }
  if (str_equal(name, py_names.class_) || str_equal(name, py_names.dict)) {
    py_raise(&exc_NotImplementedError, "assignment to %S", name);
  }
  DictObj** d = type_of(v) == &type_function ? &as<FunObj>(v)->attrs : &as<InstanceObj>(v)->attrs;
  if (value) {
    if (!*d) *d = py_new_dict(&type_dict);
    dict_set(*d, val(name), value);
    return true;
  }
  if (*d && dict_delete(*d, val(name), nullptr)) return true;
  py_raise(&exc_AttributeError, "'%N' object has no attribute '%S'", v, name);
}
