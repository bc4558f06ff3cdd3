// The operations of the runtime: what the dispatch loop and the native functions are written in.
// Unless it says otherwise, a function raises a Python exception by nlr_jump on failure.
#pragma once
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>

#include "vm/heap.h"
#include "vm/names.h"
#include "vm/nlr.h"
#include "vm/objects.h"

#define PY_NOINLINE __attribute__((noinline))

// C linkage, so that the names in stack traces and Asyncify lists are plain.
extern "C" {

struct PrintScope {  // the values being printed, to notice those that contain themselves
  Value v;
  PrintScope* prev;
};

struct VmState {
  PrintScope* printing;
  Frame* frame;  // innermost
  NlrBuf* nlr;
  char* arena;
  size_t arena_top, arena_size;
  int depth, depth_limit;
  int32_t hook_countdown, hook_interval;
  DictObj* builtins;
  DictObj* modules;
  Value memory_error;  // made in advance
};
extern VmState vm;

void py_vm_init(size_t heap_bytes);
void py_vm_shutdown();

// --- calls.cpp: calling and iterating through the type slots
PY_NOINLINE Value py_call_function_n_kw(Value fun, size_t n_args, size_t n_kw, const Value* args);
Value py_call_0(Value fun);
Value py_call_1(Value fun, Value a);
Value py_call_2(Value fun, Value a, Value b);
Value py_call_method_n(Value self, StrObj* name, size_t n, const Value* args);
PY_NOINLINE Value fun_builtin_call(Value self, size_t n_args, size_t n_kw, const Value* args);
PY_NOINLINE Value bound_method_call(Value self, size_t n_args, size_t n_kw, const Value* args);
PY_NOINLINE Value py_type_call(Value self, size_t n_args, size_t n_kw, const Value* args);
PY_NOINLINE Value py_native_iternext(Value it);
PY_NOINLINE Value py_getiter(Value v);
PY_NOINLINE Value py_iternext(Value it);  // null: exhausted
Value py_instance_next(Value it);         // __next__ of an instance of a class; null: exhausted

// --- exec.cpp, frames.cpp, gen.cpp
PY_NOINLINE Value py_execute_bytecode(Frame* frame);
PY_NOINLINE Value py_execute_guarded(Frame* frame);
PY_NOINLINE Value fun_bc_call(Value self, size_t n_args, size_t n_kw, const Value* args);
Value py_run_code(CodeObj* code, DictObj* globals, DictObj* ns, TupleObj* closure);
size_t py_frame_bytes(const CodeObj* code);
void py_frame_setup(Frame* frame, FunObj* fun, CodeObj* code);
void py_bind_args(Frame* frame, FunObj* fun, size_t n_args, size_t n_kw, const Value* args);
Value py_new_generator(FunObj* fun, size_t n_args, size_t n_kw, const Value* args);
PY_NOINLINE Value gen_instance_iternext(Value self);
Value py_gen_resume(GenObj* gen, Value sent, Value thrown);  // null: finished, see gen->result
PY_NOINLINE Value py_yield_from_step(Value it, Value sent, Value thrown, Value* result);
int32_t py_frame_line(const Frame* frame);
PY_NOINLINE void py_vm_hook();
inline void py_vm_hook_poll() {
  if (--vm.hook_countdown <= 0) py_vm_hook();
}

// --- ops.cpp
PY_NOINLINE Value py_binary_op(BinaryOp op, Value a, Value b);
PY_NOINLINE Value py_binary_dispatch(BinaryOp op, Value a, Value b,
                                     bool inplace);  // null: unsupported
PY_NOINLINE Value py_inplace_op(BinaryOp op, Value a, Value b);
PY_NOINLINE Value py_unary_op(UnaryOp op, Value v);
bool py_equal(Value a, Value b);  // identity or ==
bool py_less(Value a, Value b);
PY_NOINLINE int64_t py_hash(Value v);
PY_NOINLINE bool py_is_true(Value v);
PY_NOINLINE int64_t py_len(Value v);
PY_NOINLINE bool py_contains(Value container, Value item);
PY_NOINLINE Value py_subscr(Value v, Value index);
void py_subscr_store(Value v, Value index, Value value);
void py_subscr_delete(Value v, Value index);
int64_t py_index(Value v);  // __index__, clamped to int64
bool py_is_int(Value v);
int64_t py_sequence_index(Value index, int64_t n, const char* what);  // checked, 0 <= result < n
struct SliceRange {
  int64_t start, stop, step, count;
};
SliceRange py_slice_range(Value slice, int64_t n);

// --- attr.cpp
PY_NOINLINE Value py_load_attr_maybe(Value v, StrObj* name);  // null: no such attribute
Value py_load_attr(Value v, StrObj* name);
PY_NOINLINE void py_store_attr(Value v, StrObj* name, Value value);  // null value: delete
// Pushes a method without binding it: fun and self, or the attribute and null.
void py_load_method(Value v, StrObj* name, Value* fun, Value* self);
Value py_type_lookup(Type* t, StrObj* name);     // through the mro, unbound; null: none
Value py_lookup_special(Value v, StrObj* name);  // bound, from the type only; null: none
Value py_generic_attr(Value v, StrObj* name);
bool py_generic_set_attr(Value v, StrObj* name, Value value);
Value py_bind(Value attr, Value self, Type* t);

// --- class.cpp: the operations on instances of classes, by their special methods
PY_NOINLINE Value py_instance_unary(UnaryOp op, Value self);
PY_NOINLINE Value py_instance_binary(BinaryOp op, Value self, Value other, bool reflected);
PY_NOINLINE Value py_instance_inplace(BinaryOp op, Value self, Value other);
PY_NOINLINE Value py_instance_subscr(Value self, Value index, Value value, SubscrKind kind);
PY_NOINLINE Value py_instance_contains(Value self, Value item);
PY_NOINLINE int64_t py_instance_len(Value self);
PY_NOINLINE int64_t py_instance_hash(Value self);
PY_NOINLINE bool py_instance_truth(Value self);
PY_NOINLINE void py_instance_print(BufObj* b, Value self, PrintKind kind);
PY_NOINLINE bool py_instance_set_attr(Value self, StrObj* name, Value value);
inline bool py_is_instance(Type* t) { return (t->flags & kTypeUser) != 0; }

// --- type.cpp, class.cpp
// Applies the binary_op slot of a[0]; NotImplemented where the slot has no answer.
PY_NOINLINE Value py_slot_binary_op(BinaryOp op, const Value* a, bool reflected);
bool py_is_subtype(Type* t, Type* base);
bool py_isinstance(Value v, Value cls);  // class or tuple of classes
bool py_is_type(Value v);
Value py_new_class(StrObj* name, TupleObj* bases, DictObj* dict, DictObj* kw);
void py_type_setup(Type* t, const char* name, Type* base);
void py_type_method(Type* t, const char* name, NativeFn fn, int min_args, int max_args,
                    bool keywords = false);  // counts include self
void py_type_static(Type* t, const char* name, NativeFn fn, int min_args, int max_args);
void py_type_classmethod(Type* t, const char* name, NativeFn fn, int min_args, int max_args);
void py_set_instance_slots(Type* t);
Value py_new_builtin(const char* name, NativeFn fn, int min_args, int max_args, bool keywords);
Value py_new_method(Value fun, Value self);

// --- str.cpp, strbuf.cpp
StrObj* py_new_str(const char* text, size_t bytes);
StrObj* py_new_cstr(const char* text);
Value py_str_from_code(uint32_t code_point);
bool py_is_str(Value v);
inline StrObj* to_str(Value v) { return as<StrObj>(v); }
bool str_equal(const StrObj* a, const StrObj* b);
uint32_t utf8_decode(const char*& p);
size_t utf8_encode(uint32_t code_point, char* out);
Value str_at(StrObj* s, int64_t i);  // i in range
BufObj* py_new_buf();
void buf_add(BufObj* b, const char* text, size_t n);
void buf_cstr(BufObj* b, const char* text);
void buf_str(BufObj* b, const StrObj* s);
void buf_char(BufObj* b, char c);
void buf_repeat(BufObj* b, uint32_t code_point, int64_t count);
void buf_int(BufObj* b, int64_t n);
StrObj* buf_finish(BufObj* b);
PY_NOINLINE void py_print_helper(BufObj* b, Value v, PrintKind kind);
StrObj* py_str(Value v);
StrObj* py_repr(Value v);
StrObj* py_format(Value v, StrObj* spec);
Value py_str_percent(StrObj* format, Value args);
Value py_str_format_method(size_t n_args, size_t n_kw, const Value* args);
// %s C string, %S StrObj, %N name of the value's type, %R repr, %V str, %d int, %T name of a Type
void buf_vformat(BufObj* b, const char* format, va_list args);
StrObj* py_str_format(const char* format, ...);

// --- exc.cpp
extern Type exc_BaseException, exc_Exception, exc_StopIteration, exc_TypeError, exc_ValueError,
    exc_IndexError, exc_KeyError, exc_LookupError, exc_AttributeError, exc_NameError,
    exc_UnboundLocalError, exc_ZeroDivisionError, exc_OverflowError, exc_ArithmeticError,
    exc_RuntimeError, exc_RecursionError, exc_NotImplementedError, exc_MemoryError, exc_SyntaxError,
    exc_IndentationError, exc_AssertionError, exc_ImportError, exc_ModuleNotFoundError,
    exc_GeneratorExit, exc_KeyboardInterrupt, exc_SystemExit, exc_OSError, exc_UnicodeError,
    exc_FloatingPointError, exc_EOFError, exc_BufferError, exc_Warning, exc_FileNotFoundError,
    exc_PermissionError, exc_TimeoutError, exc_StopAsyncIteration, exc_UnicodeEncodeError,
    exc_UnicodeDecodeError, exc_DeprecationWarning, exc_UserWarning, exc_ConnectionError;
[[noreturn]] void py_raise(Type* type, const char* format, ...);
[[noreturn]] void py_raise_value(Type* type, Value argument);
[[noreturn]] void py_raise_object(Value exception, Value cause, bool has_cause);
Value py_new_exc(Type* type, Value argument);
bool py_exc_matches(Value exception, Value type_or_tuple);
bool py_is_exc(Value v);
void py_exc_print(BufObj* b, Value v, PrintKind kind);
Value py_exc_attr(Value v, StrObj* name);
bool py_exc_set_attr(Value v, StrObj* name, Value value);
void exc_add_trace(ExcObj* e, const Frame* f);
PY_NOINLINE void py_print_exception(Value exception, void (*write)(const char*, size_t));

// --- int.cpp, int_div.cpp, int_text.cpp, float.cpp
Value int_from_i64(int64_t n);
Value int_from_u64(uint64_t n);
Value int_from_double(double d);         // truncates; raises for nan and inf
bool int_to_i64(Value v, int64_t* out);  // false: does not fit
double int_to_double(Value v);           // correctly rounded; raises OverflowError
Value int_binary_op(BinaryOp op, Value a, Value b, bool reflected);
int int_compare(Value a, Value b);
int int_sign(Value v);
int64_t int_hash(Value v);
void int_print(BufObj* b, Value v, int base);
Value int_parse(const char* text, size_t n, int base);  // null: malformed
int64_t int_bit_length(Value v);
Value py_new_float(double d);
double float_value(Value v);
bool py_is_float(Value v);
bool py_to_double(Value v, double* out);  // int, bool, float
void float_repr(BufObj* b, double d);
bool float_parse(const char* text, size_t n, double* out);
void float_format(BufObj* b, double d, char kind, int precision, bool alternate);

// --- list.cpp, tuple.cpp, dict.cpp, set.cpp, range.cpp, iter.cpp
ListObj* py_new_list(size_t n);  // n items, all null until set
void list_append(ListObj* list, Value v);
void list_extend(ListObj* list, Value iterable);
ListObj* py_list_from(Value iterable);
TupleObj* py_new_tuple(size_t n, const Value* items);  // items may be null
TupleObj* py_tuple_from(Value iterable);
void py_sort(ListObj* list, Value key, bool reverse);
DictObj* py_new_dict(Type* type);
Value dict_get(DictObj* d, Value key);  // null: absent
Value dict_get_str(DictObj* d, StrObj* key);
void dict_set(DictObj* d, Value key, Value value);
bool dict_delete(DictObj* d, Value key, Value* old);
void dict_clear(DictObj* d);
DictObj* dict_copy(DictObj* d, Type* type);
void dict_update(DictObj* d, Value other);
DictObj* py_set_from(Value iterable, Type* type);
inline bool py_is_set(Value v) { return type_of(v) == &type_set || type_of(v) == &type_frozenset; }
Value py_new_range(Value start, Value stop, Value step);
Value py_new_slice(Value start, Value stop, Value step);
IterObj* py_new_iter(Type* type, Value (*step)(IterObj*), Value a, Value b);
Value py_sequence_iter(Value v);  // list, tuple, str, and __getitem__ of instances
struct IterScope {                // keeps the pool constant over the rounds of a native loop
  Value it;
  size_t pool;
};
inline IterScope py_iter_begin(Value iterable) {
  Value it = py_getiter(iterable);
  gc_pool_push(it);
  return {it, gc_pool_top()};
}
// The next item, rooted in the pool until the following call; `keep` (may be null) is rooted too.
inline Value py_iter_step(IterScope& s, Value keep = nullptr) {
  if (keep && !is_small(keep)) gc_pool_push(keep);
  Value v = py_iternext(s.it);
  gc_pool_reset(s.pool);
  if (keep && !is_small(keep)) gc_pool_push(keep);
  if (v && !is_small(v)) gc_pool_push(v);
  return v;
}

// --- fun.cpp, module.cpp
FunObj* py_new_function(CodeObj* code, DictObj* globals);
CellObj* py_new_cell(Value v);
ModuleObj* py_new_module(const char* name);
void module_fn(ModuleObj* m, const char* name, NativeFn fn, int min_args, int max_args,
               bool keywords = false);
void module_set(ModuleObj* m, const char* name, Value v);
Value py_import(StrObj* name);

// --- args.cpp
// Looks a keyword up among n_kw pairs; null if absent.
Value py_kw_get(size_t n_args, size_t n_kw, const Value* args, StrObj* name);
// Raises TypeError if a keyword is not among `allowed` (zero-terminated).
void py_kw_check(const char* function, size_t n_args, size_t n_kw, const Value* args,
                 StrObj* const* allowed);

// --- compile/
CodeObj* py_compile(const char* source, size_t n, const char* filename);

// Output, supplied by the port.
void port_write(int fd, const char* text, size_t n);

// --- the set-up of each part
void py_init_types();
void py_init_object_methods();
void py_default_print(BufObj* b, Value v, PrintKind kind);
int64_t py_str_hash(Value v);
int64_t py_identity_hash(Value v);
void py_init_int();
void py_init_float();
void py_init_str();
void py_init_list();
void py_init_tuple();
void py_init_dict();
void py_init_set();
void py_init_range();
void py_init_iter();
void py_init_fun();
void py_init_gen();
void py_init_exc();
void py_init_descriptors();
void py_init_builtins();
void py_init_modules();

}  // extern "C"
