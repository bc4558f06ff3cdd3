// Calls and iteration through the type slots. These functions are the shape that this interpreter
// exists for: each can suspend by a direct path (the hook, or __next__ of an instance), so Asyncify
// instruments it even with indirect calls ignored, and then leaves its call_indirect unguarded.
#include "vm/runtime.h"

PY_NOINLINE Value py_call_function_n_kw(Value fun, size_t n_args, size_t n_kw, const Value* args) {
  py_vm_hook_poll();
  Type* t = type_of(fun);
  if (!t->call) py_raise(&exc_TypeError, "'%N' object is not callable", fun);
  return t->call(fun, n_args, n_kw, args);
}

Value py_call_0(Value fun) { return py_call_function_n_kw(fun, 0, 0, nullptr); }

Value py_call_1(Value fun, Value a) { return py_call_function_n_kw(fun, 1, 0, &a); }

Value py_call_2(Value fun, Value a, Value b) {
  Value args[2] = {a, b};
  return py_call_function_n_kw(fun, 2, 0, args);
}

Value py_call_method_n(Value self, StrObj* name, size_t n, const Value* args) {
  Value method = py_load_attr(self, name);
  return py_call_function_n_kw(method, n, 0, args);
}

PY_NOINLINE Value py_getiter(Value v) {
  Type* t = type_of(v);
  if (t->getiter) return t->getiter(v);
  if (t->flags & kTypeUser) {
    Value method = py_lookup_special(v, py_names.iter);
    if (method && method != py_none) {
      Value it = py_call_0(method);
      Type* ti = type_of(it);
      if (!ti->iternext && !py_type_lookup(ti, py_names.next)) {
        py_raise(&exc_TypeError, "iter() returned non-iterator of type '%N'", it);
      }
      return it;
    }
    if (!method && py_type_lookup(t, py_names.getitem)) return py_sequence_iter(v);
  }
  py_raise(&exc_TypeError, "'%N' object is not iterable", v);
}

PY_NOINLINE Value py_iternext(Value it) {
  Type* t = type_of(it);
  if (t->iternext) return t->iternext(it);
  return py_instance_next(it);
}

namespace {
struct NextCall {
  Value method, result;
};
void call_next(void* context) {
  auto* c = static_cast<NextCall*>(context);
  c->result = py_call_0(c->method);
}
}  // namespace

PY_NOINLINE Value py_instance_next(Value it) {
  Value method = py_lookup_special(it, py_names.next);
  if (!method) py_raise(&exc_TypeError, "'%N' object is not an iterator", it);
  NextCall c = {method, nullptr};
  Value exception = py_try(call_next, &c);
  if (!exception) return c.result;
  if (py_exc_matches(exception, type_value(&exc_StopIteration))) return nullptr;
  nlr_jump(exception);
}
