// The layouts of all objects. Every struct begins with its Obj header, and no struct has a
// constructor or destructor: they are made zeroed by gc_new and released by Type::finalize.
#pragma once
#include "vm/value.h"

struct IntObj {  // an integer outside the small range: sign and magnitude, base 2^32
  Obj head;
  bool negative;
  uint32_t n;
  uint32_t digits[1];
};

struct FloatObj {
  Obj head;
  double value;
};

struct StrObj {  // UTF-8, zero-terminated
  Obj head;
  uint32_t bytes;   // length in bytes
  uint32_t length;  // length in code points
  int64_t hash;
  bool hashed, interned;
  char data[1];
  bool ascii() const { return bytes == length; }
};

struct BufObj {  // a growing byte buffer, collected like any object so that raising cannot leak it
  Obj head;
  char* data;
  size_t n, capacity;
};

struct TupleObj {
  Obj head;
  size_t n;
  Value items[1];
};

struct ListObj {
  Obj head;
  Value* items;
  size_t n, capacity;
};

struct DictEntry {
  Value key;  // null: deleted
  Value value;
  int64_t hash;
};

// Insertion-ordered hash table, used for dict, set and frozenset (whose values are None).
struct DictObj {
  Obj head;
  DictEntry* entries;
  int32_t* index;  // -1 empty, -2 deleted, else a position in entries
  uint32_t index_size, n_entries, capacity, used, version;
};

struct RangeObj {
  Obj head;
  Value start, stop, step;  // integers of any size
  Value length;
};

struct SliceObj {
  Obj head;
  Value start, stop, step;
};

struct CellObj {
  Obj head;
  Value value;
};

enum CodeFlags : uint32_t {
  kCodeGenerator = 1,
  kCodeVarArgs = 2,
  kCodeVarKw = 4,
  kCodeHasHandlers = 8,
  kCodeClassBody = 16
};

struct CodeObj {
  Obj head;
  StrObj* name;
  StrObj* qualname;
  StrObj* filename;
  uint32_t flags, n_args, n_kwonly, n_locals, n_cells, n_free, n_stack, n_blocks, n_code,
      first_line;
  uint32_t* code;  // op in the low byte, argument in the upper 24 bits
  int32_t* lines;  // line of each instruction
  TupleObj* consts;
  TupleObj* names;     // for globals and attributes
  TupleObj* varnames;  // locals; parameters first
  TupleObj* cellnames;
  TupleObj* freenames;
  int32_t* cell_args;  // for each cell: the parameter that it takes its value from, or -1
};

struct FunObj {
  Obj head;
  CodeObj* code;
  DictObj* globals;
  TupleObj* defaults;    // may be null
  DictObj* kw_defaults;  // may be null
  TupleObj* closure;     // may be null
  StrObj* name;
  StrObj* qualname;
  Value doc;
  DictObj* attrs;  // may be null
};

struct BuiltinObj {
  Obj head;
  NativeFn fn;
  const char* name;
  Type* owner;                 // of methods
  int16_t min_args, max_args;  // max -1: any number
  bool keywords, is_method;
};

struct MethodObj {
  Obj head;
  Value fun, self;
};

struct InstanceObj {
  Obj head;
  DictObj* attrs;
};

struct Frame;

struct TraceEntry {
  StrObj* file;
  StrObj* name;
  int32_t line;
};

struct ExcObj {
  Obj head;
  DictObj* attrs;  // first, as in InstanceObj
  TupleObj* args;
  Value cause, context;
  bool suppress_context;
  TraceEntry* trace;  // innermost first
  uint32_t n_trace, trace_capacity;
  const Frame* trace_frame;  // has its entry already: it caught this exception and raised it again
};

struct PropertyObj {
  Obj head;
  Value get, set, del, doc;
};

struct WrapperObj {  // staticmethod, classmethod
  Obj head;
  Value fun;
};

struct SuperObj {
  Obj head;
  Type* start;
  Value self;
};

struct ModuleObj {
  Obj head;
  StrObj* name;
  DictObj* dict;
};

struct IterObj {  // the native iterators; `kind` selects the step function
  Obj head;
  Value (*step)(IterObj*);
  Value a, b;
  int64_t i, n;
  uint32_t version;
};

struct Block {
  uint32_t handler;
  uint32_t sp;
  Value handled;
};

// One activation of a code object. Frames of calls live in the frame arena, frames of generators in
// the generator object. The slots are locals, cells, free variables, then the value stack; all of
// them are scanned by the collector, used or not, so a value just popped is still safe.
struct Frame {
  Frame* prev;
  CodeObj* code;
  FunObj* fun;
  DictObj* globals;
  DictObj* ns;  // class body or module namespace
  struct GenObj* gen;
  Value* slots;
  Value* sp;
  Block* blocks;
  Value handled;        // exception being handled in this frame
  Value pending_throw;  // raised at the next resume
  uint32_t ip;          // the instruction being executed
  uint32_t resume;      // where py_execute_bytecode starts
  uint32_t n_slots, n_blocks;
  size_t pool_base;
  bool yielded;
};

struct GenObj {  // the frame's memory follows the object
  Obj head;
  Frame* frame;  // null when finished
  StrObj* name;
  Value result;  // the value of the return statement
  bool running, started;
};

template <class T>
inline T* as(Value v) {
  return reinterpret_cast<T*>(v);
}
template <class T>
inline Value val(T* p) {
  return reinterpret_cast<Value>(p);
}
