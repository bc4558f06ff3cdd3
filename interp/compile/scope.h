// Which names of a function are local, shared with inner functions, or global.
#pragma once
#include "compile/ast.h"

enum ScopeKind : uint8_t { kModuleScope, kFunctionScope, kClassScope };

enum SymbolFlags : uint32_t {
  kBound = 1,  // assigned here
  kUsed = 2,
  kParameter = 4,
  kGlobalDecl = 8,
  kNonlocalDecl = 16,
  kCell = 32,       // local, but captured by an inner function
  kFree = 64,       // comes from an outer function
  kClassFree = 128  // in a class: bound here and also needed from outside
};

struct Symbol {
  StrObj* name;
  uint32_t flags;
  int32_t line;
};

struct Scope {
  ScopeKind kind;
  bool comprehension, generator, has_super_cell;
  Scope* parent;
  Vec<Scope*> children;
  Vec<Symbol> symbols;
  StrObj* class_name;  // for the mangling of __names
};

Symbol* scope_find(Scope* s, StrObj* name);
// Builds the scopes of a module, hangs them on the nodes and resolves every name.
Scope* analyze_scopes(const Source* src, Node* module);
// __name inside a class becomes _Class__name.
StrObj* mangle(Scope* s, StrObj* name);
