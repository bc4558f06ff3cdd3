// The parts of instructions that are too long for the dispatch loop. All are out of line.
#pragma once
#include "vm/runtime.h"

extern "C" void exec_unpack(Value v, uint32_t n,
                            Value* sp);  // writes n values, the first one on top
extern "C" void exec_unpack_ex(Value v, uint32_t before, uint32_t after, Value* sp);
extern "C" Value exec_call_ex(Value fun, Value args, Value kw);
extern "C" void exec_star_argument(Value fun, Value iterable);  // raises if it is not one
extern "C" void exec_dict_merge(Value fun, Value dict, Value other);
extern "C" Value exec_make_function(uint32_t flags, Value code, DictObj* globals, Value* top);
extern "C" Value exec_build_class(Value body, Value name, Value bases, Value kw);
extern "C" [[noreturn]] void exec_raise(Frame* f, Value exception, Value cause, bool has_cause);
extern "C" [[noreturn]] void exec_reraise_handled();
extern "C" Value exec_load_global(Frame* f, StrObj* name);
extern "C" Value exec_load_name(Frame* f, StrObj* name);
extern "C" [[noreturn]] void exec_unbound_local(StrObj* name);
extern "C" [[noreturn]] void exec_unbound_free(Frame* f, uint32_t i);
extern "C" void exec_name_error(StrObj* name);
extern "C" Value exec_import_from(Value module, StrObj* name);
extern "C" void exec_with_enter(Value manager, Value* exit, Value* entered);
extern "C" Value exec_with_except(Value exit, Value exception);
extern "C" Value exec_build_string(const Value* parts, uint32_t n);
extern "C" Value exec_format(Value v, uint32_t flags, Value spec);
