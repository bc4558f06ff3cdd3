// Emission of instructions and the making of code objects; see unit.h.
#include "compile/unit.h"

#include <cstring>

#include "vm/runtime.h"

uint32_t emit(Unit* u, Opcode op, uint32_t arg) {
  if (arg >= 1u << 24) syntax_error(u->src, u->line, "the code is too large");
  u->code.push(u->arena, op_make(op, arg));
  u->lines.push(u->arena, u->line);
  return u->code.n - 1;
}

uint32_t here(Unit* u) { return u->code.n; }

void patch(Unit* u, uint32_t at) {
  u->code[at] = op_make(static_cast<Opcode>(u->code[at] & 0xff), u->code.n);
}

uint32_t add_const(Unit* u, Value v) {
  for (uint32_t i = 0; i < u->consts.n; i++) {
    if (u->consts[i] == v) return i;
  }
  u->consts.push(u->arena, v);
  return u->consts.n - 1;
}

namespace {
uint32_t index_of(Arena* arena, Vec<StrObj*>* v, StrObj* name) {
  for (uint32_t i = 0; i < v->n; i++) {
    if ((*v)[i] == name) return i;
  }
  v->push(arena, name);
  return v->n - 1;
}

int find(const Vec<StrObj*>& v, StrObj* name) {
  for (uint32_t i = 0; i < v.n; i++) {
    if (v[i] == name) return static_cast<int>(i);
  }
  return -1;
}

uint32_t cell_index(Unit* u, StrObj* name) {
  int i = find(u->cells, name);
  if (i >= 0) return static_cast<uint32_t>(i);
  return u->cells.n + static_cast<uint32_t>(find(u->frees, name));
}

TupleObj* to_tuple(const Vec<StrObj*>& v) {
  TupleObj* t = py_new_tuple(v.n, nullptr);
  for (uint32_t i = 0; i < v.n; i++) t->items[i] = val(v[i]);
  return t;
}
}  // namespace

uint32_t add_name(Unit* u, StrObj* name) { return index_of(u->arena, &u->names, name); }

void emit_const(Unit* u, Value v) { emit(u, OP_LOAD_CONST, add_const(u, v)); }

void emit_name(Unit* u, StrObj* name, NameUse use) {
  static const Opcode fast[] = {OP_LOAD_FAST, OP_STORE_FAST, OP_DELETE_FAST};
  static const Opcode deref[] = {OP_LOAD_DEREF, OP_STORE_DEREF, OP_DELETE_DEREF};
  static const Opcode global[] = {OP_LOAD_GLOBAL, OP_STORE_GLOBAL, OP_DELETE_GLOBAL};
  static const Opcode named[] = {OP_LOAD_NAME, OP_STORE_NAME, OP_DELETE_NAME};
  name = mangle(u->scope, name);
  Symbol* x = scope_find(u->scope, name);
  uint32_t flags = x ? x->flags : 0;
  if (u->scope->kind == kModuleScope || (flags & kGlobalDecl)) {
    emit(u, global[use], add_name(u, name));
  } else if (u->scope->kind == kClassScope) {
    if (flags & kFree) {
      emit(u, use == kLoad && !(flags & kNonlocalDecl) ? OP_LOAD_CLASSDEREF : deref[use],
           cell_index(u, name));
    } else {
      emit(u, named[use], add_name(u, name));
    }
  } else if (flags & (kCell | kFree)) {
    emit(u, deref[use], cell_index(u, name));
  } else if (flags & kBound) {
    emit(u, fast[use], index_of(u->arena, &u->varnames, name));
  } else {
    emit(u, global[use], add_name(u, name));
  }
}

void emit_closure_of(Unit* u, StrObj* name) { emit(u, OP_LOAD_CLOSURE, cell_index(u, name)); }

Unit* begin_unit(Unit* outer, const Source* src, Scope* scope, StrObj* name, int32_t line) {
  auto* u = static_cast<Unit*>(arena_alloc(src->arena, sizeof(Unit)));
  u->src = src;
  u->arena = src->arena;
  u->outer = outer;
  u->scope = scope;
  u->name = name;
  u->line = u->first_line = line;
  u->qualname = name;
  if (outer && outer->scope->kind != kModuleScope) {
    Symbol* x = scope_find(outer->scope, mangle(outer->scope, name));
    if (!(x && (x->flags & kGlobalDecl))) {
      u->qualname = py_str_format(outer->scope->kind == kClassScope ? "%S.%S" : "%S.<locals>.%S",
                                  outer->qualname, name);
    }
  }
  for (Symbol& x : scope->symbols) {
    if (x.flags & kCell) u->cells.push(u->arena, x.name);
    if (x.flags & (kFree | kClassFree)) u->frees.push(u->arena, x.name);
  }
  return u;
}

CodeObj* finish_unit(Unit* u) {
  uint32_t n_stack, n_blocks;
  measure_stacks(u, &n_stack, &n_blocks);
  auto* c = gc_new<CodeObj>(&type_code);
  c->name = u->name;
  c->qualname = u->qualname;
  c->filename = py_intern_cstr(u->src->filename);
  c->flags = u->flags | (n_blocks ? uint32_t{kCodeHasHandlers} : 0);
  if (u->scope->generator) c->flags |= kCodeGenerator;
  c->n_args = u->n_args;
  c->n_kwonly = u->n_kwonly;
  c->n_locals = u->varnames.n;
  c->n_free = u->frees.n;
  c->n_stack = n_stack + 1;
  c->n_blocks = n_blocks;
  c->first_line = static_cast<uint32_t>(u->first_line);
  c->varnames = to_tuple(u->varnames);
  c->cellnames = to_tuple(u->cells);
  c->freenames = to_tuple(u->frees);
  c->names = to_tuple(u->names);
  c->consts = py_new_tuple(u->consts.n, u->consts.data);
  c->code = static_cast<uint32_t*>(gc_buf_alloc(u->code.n * sizeof(uint32_t)));
  c->n_code = u->code.n;
  std::memcpy(c->code, u->code.data, u->code.n * sizeof(uint32_t));
  c->lines = static_cast<int32_t*>(gc_buf_alloc(u->code.n * sizeof(int32_t)));
  std::memcpy(c->lines, u->lines.data, u->code.n * sizeof(int32_t));
  if (u->cells.n) {
    c->cell_args = static_cast<int32_t*>(gc_buf_alloc(u->cells.n * sizeof(int32_t)));
    c->n_cells = u->cells.n;
    for (uint32_t i = 0; i < u->cells.n; i++) {
      Symbol* x = scope_find(u->scope, u->cells[i]);
      c->cell_args[i] = x->flags & kParameter ? find(u->varnames, x->name) : -1;
    }
  }
  return c;
}
