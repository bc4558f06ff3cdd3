// Functions, classes and comprehensions: everything that makes a code object of its own.
#include "compile/unit.h"
#include "vm/runtime.h"

namespace {
// With the defaults on the stack already, makes the function of a finished unit.
void make_function(Unit* u, Unit* inner, uint32_t flags) {
  CodeObj* code = finish_unit(inner);
  if (inner->frees.n) {
    for (StrObj* name : inner->frees) emit_closure_of(u, name);
    emit(u, OP_BUILD_TUPLE, inner->frees.n);
    flags |= kFunClosure;
  }
  emit_const(u, val(code));
  emit(u, OP_MAKE_FUNCTION, flags);
}

void return_none(Unit* u) {
  emit_const(u, py_none);
  emit(u, OP_RETURN_VALUE);
}

bool is_docstring(const Vec<Node*>& body) {
  return body.n && body[0]->kind == kExprStmt && body[0]->a->kind == kConst &&
         py_is_str(body[0]->a->value);
}

void compile_loops(Unit* u, Node* n, uint32_t i) {
  Node* f = n->list[i];
  if (i == 0) {
    emit(u, OP_LOAD_FAST, 0);
  } else {
    compile_expr(u, f->b);
    emit(u, OP_GET_ITER);
  }
  uint32_t top = here(u);
  uint32_t exit = emit(u, OP_FOR_ITER);
  compile_store(u, f->a);
  for (Node* condition : f->list) {
    compile_expr(u, condition);
    uint32_t keep = emit(u, OP_POP_JUMP_IF_TRUE);
    emit(u, OP_JUMP_BACK, top);
    patch(u, keep);
  }
  if (i + 1 < n->list.n) {
    compile_loops(u, n, i + 1);
  } else {
    compile_expr(u, n->a);
    uint32_t depth = n->list.n + 1;
    switch (n->kind) {
      case kListComp:
        emit(u, OP_LIST_APPEND, depth);
        break;
      case kSetComp:
        emit(u, OP_SET_ADD, depth);
        break;
      case kDictComp:
        compile_expr(u, n->b);
        emit(u, OP_MAP_ADD, depth);
        break;
      default:
        emit(u, OP_YIELD_VALUE);
        emit(u, OP_POP_TOP);
        break;
    }
  }
  emit(u, OP_JUMP_BACK, top);
  patch(u, exit);
}
}  // namespace

void compile_function(Unit* u, Node* n) {
  Params* p = n->params;
  uint32_t flags = 0;
  if (p->defaults.n) {
    for (Node* d : p->defaults) compile_expr(u, d);
    emit(u, OP_BUILD_TUPLE, p->defaults.n);
    flags |= kFunDefaults;
  }
  uint32_t n_kw_defaults = 0;
  for (uint32_t i = 0; i < p->kwonly.n; i++) {
    if (!p->kw_defaults[i]) continue;
    emit_const(u, val(mangle(n->scope, p->kwonly[i])));
    compile_expr(u, p->kw_defaults[i]);
    n_kw_defaults++;
  }
  if (n_kw_defaults) {
    emit(u, OP_BUILD_MAP, n_kw_defaults);
    flags |= kFunKwDefaults;
  }
  Unit* f =
      begin_unit(u, u->src, n->scope, n->kind == kLambda ? py_names.lambda : n->name, n->line);
  for (StrObj* name : p->positional) f->varnames.push(u->arena, mangle(n->scope, name));
  for (StrObj* name : p->kwonly) f->varnames.push(u->arena, mangle(n->scope, name));
  if (p->var_args) {
    f->varnames.push(u->arena, mangle(n->scope, p->var_args));
    f->flags |= kCodeVarArgs;
  }
  if (p->var_kw) {
    f->varnames.push(u->arena, mangle(n->scope, p->var_kw));
    f->flags |= kCodeVarKw;
  }
  f->n_args = p->positional.n;
  f->n_kwonly = p->kwonly.n;
  if (n->kind == kLambda) {
    add_const(f, py_none);
    compile_expr(f, n->a);
    emit(f, OP_RETURN_VALUE);
  } else {
    add_const(f, is_docstring(n->body) ? n->body[0]->a->value : py_none);
    compile_body(f, n->body);
    return_none(f);
  }
  make_function(u, f, flags);
}

void compile_comprehension(Unit* u, Node* n) {
  StrObj* name = n->kind == kListComp   ? py_names.listcomp
                 : n->kind == kSetComp  ? py_names.setcomp
                 : n->kind == kDictComp ? py_names.dictcomp
                                        : py_names.genexpr;
  Unit* f = begin_unit(u, u->src, n->scope, name, n->line);
  f->varnames.push(u->arena, py_names.implicit_arg);
  f->n_args = 1;
  add_const(f, py_none);
  if (n->kind == kListComp) emit(f, OP_BUILD_LIST, 0);
  if (n->kind == kSetComp) emit(f, OP_BUILD_SET, 0);
  if (n->kind == kDictComp) emit(f, OP_BUILD_MAP, 0);
  compile_loops(f, n, 0);
  if (n->kind == kGenExpr) {
    return_none(f);
  } else {
    emit(f, OP_RETURN_VALUE);
  }
  make_function(u, f, 0);
  compile_expr(u, n->list[0]->b);
  emit(u, OP_GET_ITER);
  emit(u, OP_CALL_FUNCTION, 1);
}

void compile_class(Unit* u, Node* n) {
  Unit* c = begin_unit(u, u->src, n->scope, n->name, n->line);
  add_const(c, py_none);
  c->flags |= kCodeClassBody;
  if (is_docstring(n->body)) {
    emit_const(c, n->body[0]->a->value);
    emit(c, OP_STORE_NAME, add_name(c, py_names.doc));
  }
  compile_body(c, n->body);
  if (n->scope->has_super_cell) {
    emit_closure_of(c, py_names.class_);
    emit(c, OP_RETURN_VALUE);
  } else {
    return_none(c);
  }
  make_function(u, c, 0);
  emit_const(u, val(n->name));
  emit(u, OP_BUILD_LIST, 0);
  uint32_t keywords = 0;
  for (Node* arg : n->list) {
    if (arg->kind == kKeywordArg) {
      if (!arg->name) not_implemented(u->src, n->line, "** in a class statement");
      keywords++;
      continue;
    }
    compile_expr(u, arg->kind == kStarred ? arg->a : arg);
    emit(u, arg->kind == kStarred ? OP_LIST_EXTEND : OP_LIST_APPEND, arg->kind == kStarred ? 0 : 1);
  }
  emit(u, OP_LIST_TO_TUPLE);
  if (keywords) {
    for (Node* arg : n->list) {
      if (arg->kind != kKeywordArg) continue;
      emit_const(u, val(arg->name));
      compile_expr(u, arg->a);
    }
    emit(u, OP_BUILD_MAP, keywords);
  } else {
    emit_const(u, py_none);
  }
  u->line = n->line;
  emit(u, OP_BUILD_CLASS);
}
