// The value word of the interpreter and the type slots that every operation goes through.
//
// A Value is a pointer to an Obj, or a small integer with bit 0 set. The null Value is never a
// Python object: it means "absent" (exhausted iterator, missing attribute, unsupported operation).
// All operations on values go through the function pointers of their Type, so that in WebAssembly
// they are real call_indirects.
#pragma once
#include <cstddef>
#include <cstdint>

struct Type;
struct StrObj;
struct DictObj;
struct TupleObj;
struct BufObj;

struct Obj {
  Type* type;
  Obj* next;      // all-objects chain of the heap
  Obj* gray;      // mark list, used only while a collection runs
  uint32_t size;  // bytes of this block, for the accounts of the heap
  uint32_t mark;  // epoch of the last collection that reached this object
};
using Value = Obj*;

inline bool is_small(Value v) { return (reinterpret_cast<uintptr_t>(v) & 1) != 0; }
inline intptr_t small_value(Value v) { return reinterpret_cast<intptr_t>(v) >> 1; }
inline Value small_int(intptr_t n) {
  return reinterpret_cast<Value>((static_cast<uintptr_t>(n) << 1) | 1);
}
constexpr intptr_t kSmallMax = INTPTR_MAX >> 1;
constexpr intptr_t kSmallMin = -kSmallMax - 1;

enum UnaryOp { kNeg, kPos, kInvert, kAbs };

// The order of the arithmetic operators is that of kBinaryNames in ops.cpp.
enum BinaryOp {
  kAdd,
  kSub,
  kMul,
  kTrueDiv,
  kFloorDiv,
  kMod,
  kPow,
  kLshift,
  kRshift,
  kAnd,
  kOr,
  kXor,
  kMatMul,
  kDivMod,
  kLt,
  kLe,
  kEq,
  kNe,
  kGt,
  kGe,
  kBinaryOpCount
};

enum PrintKind { kPrintStr, kPrintRepr };

// Sentinels of the subscr slot.
enum class SubscrKind { kLoad, kStore, kDelete };

using CallFn = Value (*)(Value self, size_t n_args, size_t n_kw, const Value* args);
using NativeFn = Value (*)(size_t n_args, size_t n_kw, const Value* args);

struct Type {
  Obj head;
  StrObj* name;
  StrObj* module;  // "__main__" for user classes, else null
  Type* base;
  TupleObj* bases;
  TupleObj* mro;
  DictObj* dict;
  uint32_t flags;
  // The slots. A null slot means that the type does not support the operation.
  Value (*make_new)(Type*, size_t n_args, size_t n_kw, const Value* args);
  CallFn call;
  Value (*unary_op)(UnaryOp, Value);
  Value (*binary_op)(BinaryOp, Value, Value, bool reflected);  // null result: not supported
  Value (*inplace_op)(BinaryOp, Value, Value);                 // null result: use binary_op
  Value (*getiter)(Value);
  Value (*iternext)(Value);  // null result: exhausted
  Value (*attr)(Value, StrObj*);
  bool (*set_attr)(Value, StrObj*, Value);  // null value: delete
  Value (*subscr)(Value, Value index, Value value, SubscrKind);
  Value (*contains)(Value container, Value item);
  void (*print)(BufObj*, Value, PrintKind);
  int64_t (*len)(Value);
  int64_t (*hash)(Value);
  bool (*truth)(Value);
  void (*trace)(Obj*);     // marks the references of an object
  void (*finalize)(Obj*);  // frees the buffers of an object; must not raise or allocate
};

enum TypeFlags : uint32_t {
  kTypeUser = 1,         // made by a class statement
  kTypeException = 2,    // instances have the layout of ExcObj
  kTypeFinal = 4,        // cannot be a base class
  kTypeUnhashable = 8,   // defines __eq__ without __hash__, or is a mutable container
  kTypeNoIndexIter = 16  // __iter__ = None
};

extern Obj py_none_obj, py_true_obj, py_false_obj, py_notimplemented_obj, py_ellipsis_obj;
#define py_none (&py_none_obj)
#define py_true (&py_true_obj)
#define py_false (&py_false_obj)
#define py_notimplemented (&py_notimplemented_obj)
#define py_ellipsis (&py_ellipsis_obj)

extern Type type_int, type_bool, type_float, type_str, type_none, type_list, type_tuple, type_dict,
    type_set, type_frozenset, type_range, type_function, type_builtin, type_method, type_generator,
    type_type, type_object, type_module, type_cell, type_code, type_slice, type_notimplemented,
    type_ellipsis, type_buf, type_property, type_staticmethod, type_classmethod, type_super,
    type_iter, type_enumerate, type_zip, type_map, type_filter, type_reversed, type_dict_keys,
    type_dict_values, type_dict_items;

inline Type* type_of(Value v) { return is_small(v) ? &type_int : v->type; }
inline Value py_bool(bool b) { return b ? py_true : py_false; }
inline Value type_value(Type* t) { return &t->head; }
