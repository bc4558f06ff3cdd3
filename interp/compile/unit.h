// The code object under construction, and the pieces of the compiler that share it.
#pragma once
#include "compile/ast.h"
#include "compile/scope.h"
#include "vm/opcodes.h"

// What a break, continue or return must undo on its way out, innermost last.
enum FBlockKind : uint8_t {
  kFWhile,
  kFFor,
  kFTry,
  kFFinallyTry,
  kFFinallyEnd,
  kFHandler,
  kFWith,
  kFValue
};

struct FBlock {
  FBlockKind kind;
  uint32_t top;           // of loops: where continue goes
  Vec<uint32_t>* breaks;  // of loops: jumps to patch
  Node* node;  // kFFinallyTry: the try statement; kFHandler: the handler, if it has a name
};

struct Unit {
  const Source* src;
  Arena* arena;
  Unit* outer;
  Scope* scope;
  Vec<uint32_t> code;
  Vec<int32_t> lines;
  Vec<Value> consts;
  Vec<StrObj*> names, varnames, cells, frees;
  Vec<FBlock> fblocks;
  StrObj *name, *qualname;
  uint32_t flags, n_args, n_kwonly;
  int32_t line, first_line;
};

uint32_t emit(Unit* u, Opcode op, uint32_t arg = 0);  // returns the position
uint32_t here(Unit* u);
void patch(Unit* u, uint32_t at);  // makes the jump at `at` lead here
uint32_t add_const(Unit* u, Value v);
uint32_t add_name(Unit* u, StrObj* name);
void emit_const(Unit* u, Value v);

enum NameUse { kLoad, kStore, kDelete };
void emit_name(Unit* u, StrObj* name, NameUse use);
void emit_closure_of(Unit* u, StrObj* name);

void compile_expr(Unit* u, Node* n);
void compile_store(Unit* u, Node* target);
void compile_delete(Unit* u, Node* target);
void compile_body(Unit* u, const Vec<Node*>& body);
void compile_function(Unit* u, Node* n);  // leaves the function on the stack
void compile_class(Unit* u, Node* n);
void compile_comprehension(Unit* u, Node* n);

Unit* begin_unit(Unit* outer, const Source* src, Scope* scope, StrObj* name, int32_t line);
CodeObj* finish_unit(Unit* u);
// Computes the greatest depths of the value stack and of the block stack.
void measure_stacks(Unit* u, uint32_t* stack, uint32_t* blocks);
