// The interned strings that the VM itself looks up, as members of py_names.
#pragma once
#include "vm/objects.h"

// clang-format off
#define PY_NAMES(X) \
  X(init, "__init__") X(new_, "__new__") X(repr, "__repr__") X(str, "__str__") X(eq, "__eq__") \
  X(ne, "__ne__") X(lt, "__lt__") X(le, "__le__") X(gt, "__gt__") X(ge, "__ge__") \
  X(hash, "__hash__") X(len, "__len__") X(getitem, "__getitem__") X(setitem, "__setitem__") \
  X(delitem, "__delitem__") X(iter, "__iter__") X(next, "__next__") X(contains, "__contains__") \
  X(call, "__call__") X(enter, "__enter__") X(exit, "__exit__") X(bool_, "__bool__") \
  X(getattr, "__getattr__") X(setattr, "__setattr__") X(delattr, "__delattr__") \
  X(format, "__format__") X(index, "__index__") X(int_, "__int__") X(float_, "__float__") \
  X(round, "__round__") X(reversed, "__reversed__") X(neg, "__neg__") X(pos, "__pos__") \
  X(invert, "__invert__") X(abs, "__abs__") X(name, "__name__") X(qualname, "__qualname__") \
  X(doc, "__doc__") X(module, "__module__") X(dict, "__dict__") X(class_, "__class__") \
  X(bases, "__bases__") X(mro, "__mro__") X(cause, "__cause__") X(context, "__context__") \
  X(traceback, "__traceback__") X(suppress, "__suppress_context__") X(args, "args") \
  X(value, "value") X(main, "__main__") X(send, "send") X(throw_, "throw") X(close, "close") \
  X(sep, "sep") X(end, "end") X(file, "file") X(flush, "flush") X(key, "key") \
  X(reverse, "reverse") X(default_, "default") X(start, "start") X(strict, "strict") \
  X(keys, "keys") X(base, "base") X(super_, "super") X(empty, "") X(lambda, "<lambda>") \
  X(genexpr, "<genexpr>") X(listcomp, "<listcomp>") X(setcomp, "<setcomp>") \
  X(dictcomp, "<dictcomp>") X(module_name, "<module>") X(self, "self") \
  X(annotations, "__annotations__") X(func, "__func__") X(self_, "__self__") \
  X(wrapped, "__wrapped__") X(init_subclass, "__init_subclass__") X(set_name, "__set_name__") \
  X(maxsplit, "maxsplit") X(divmod, "__divmod__") X(rdivmod, "__rdivmod__") X(get, "__get__") \
  X(set, "__set__") X(delete_, "__delete__") X(step, "step") X(stop, "stop") X(code, "__code__") \
  X(exit_code, "code") X(defaults, "__defaults__") X(ndigits, "ndigits") X(errno_, "errno") \
  X(strerror, "strerror") X(implicit_arg, ".0")
// clang-format on

struct PyNames {
#define X(id, text) StrObj* id;
  PY_NAMES(X)
#undef X
};
extern PyNames py_names;
extern "C" void py_init_names();

// Returns the one interned string with this text.
extern "C" StrObj* py_intern(const char* text, size_t bytes);
extern "C" StrObj* py_intern_cstr(const char* text);
extern "C" void gc_mark_interned();
extern "C" void gc_free_interned();
