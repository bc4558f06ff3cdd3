// Statements to bytecode. A finally body is compiled once for each way out of its try statement.
#include "compile/unit.h"
#include "vm/runtime.h"

namespace {
void compile_stmt(Unit* u, Node* n);

void push_fblock(Unit* u, FBlock b) {
  if (u->fblocks.n >= 60) syntax_error(u->src, u->line, "too many statically nested blocks");
  u->fblocks.push(u->arena, b);
}

void call_exit_normally(Unit* u) {  // exit function on top
  for (int i = 0; i < 3; i++) emit_const(u, py_none);
  emit(u, OP_CALL_FUNCTION, 3);
  emit(u, OP_POP_TOP);
}

void clear_name(Unit* u, StrObj* name) {
  emit_const(u, py_none);
  emit_name(u, name, kStore);
  emit_name(u, name, kDelete);
}

// Undoes one block on the way out; with `keep`, the top of the stack is a value to preserve.
void unwind(Unit* u, const FBlock& b, bool keep) {
  switch (b.kind) {
    case kFWhile:
      break;
    case kFFor:
    case kFValue:
      if (keep) emit(u, OP_ROT_TWO);
      emit(u, OP_POP_TOP);
      break;
    case kFTry:
      emit(u, OP_POP_BLOCK);
      break;
    case kFFinallyTry:
      emit(u, OP_POP_BLOCK);
      if (keep) push_fblock(u, {kFValue, 0, nullptr, nullptr});
      compile_body(u, b.node->finalbody);
      if (keep) u->fblocks.n--;
      break;
    case kFFinallyEnd:
      if (keep) emit(u, OP_ROT_THREE);
      emit(u, OP_POP_TOP);
      emit(u, OP_POP_EXCEPT);
      break;
    case kFHandler:
      if (b.node) emit(u, OP_POP_BLOCK);
      if (keep) emit(u, OP_ROT_TWO);
      emit(u, OP_POP_EXCEPT);
      if (b.node) clear_name(u, b.node->name);
      break;
    case kFWith:
      emit(u, OP_POP_BLOCK);
      if (keep) emit(u, OP_ROT_TWO);
      call_exit_normally(u);
      break;
  }
}

// Undoes the blocks above `level`, innermost first, each compiled outside of itself.
void unwind_to(Unit* u, uint32_t level, bool keep) {
  uint32_t n = u->fblocks.n;
  Vec<FBlock> saved;
  for (uint32_t i = 0; i < n; i++) saved.push(u->arena, u->fblocks[i]);
  for (uint32_t i = n; i-- > level;) {
    u->fblocks.n = i;
    unwind(u, saved[i], keep);
  }
  for (uint32_t i = 0; i < n; i++) u->fblocks.data[i] = saved[i];
  u->fblocks.n = n;
}

void compile_break(Unit* u, Node* n) {
  bool is_break = n->kind == kBreak;
  for (uint32_t i = u->fblocks.n; i-- > 0;) {
    FBlock b = u->fblocks[i];
    if (b.kind != kFWhile && b.kind != kFFor) continue;
    unwind_to(u, i + 1, false);
    if (!is_break) {
      emit(u, OP_JUMP_BACK, b.top);
      return;
    }
    if (b.kind == kFFor) emit(u, OP_POP_TOP);
    b.breaks->push(u->arena, emit(u, OP_JUMP));
    return;
  }
  syntax_error(u->src, n->line,
               is_break ? "'break' outside loop" : "'continue' not properly in loop");
}

void compile_return(Unit* u, Node* n) {
  if (u->scope->kind != kFunctionScope) syntax_error(u->src, n->line, "'return' outside function");
  if (n->a) {
    compile_expr(u, n->a);
  } else {
    emit_const(u, py_none);
  }
  unwind_to(u, 0, true);
  emit(u, OP_RETURN_VALUE);
}

// Jumps over what follows if the condition is false; -1 if it is a constant that is true.
int64_t compile_condition(Unit* u, Node* n) {
  if (n->kind == kConst && py_is_true(n->value)) return -1;
  compile_expr(u, n);
  return emit(u, OP_POP_JUMP_IF_FALSE);
}

void compile_if(Unit* u, Node* n) {
  int64_t to_else = compile_condition(u, n->a);
  compile_body(u, n->body);
  if (n->orelse.n) {
    uint32_t to_end = emit(u, OP_JUMP);
    if (to_else >= 0) patch(u, static_cast<uint32_t>(to_else));
    compile_body(u, n->orelse);
    patch(u, to_end);
  } else if (to_else >= 0) {
    patch(u, static_cast<uint32_t>(to_else));
  }
}

void compile_loop(Unit* u, Node* n) {
  bool is_for = n->kind == kFor;
  Vec<uint32_t> breaks;
  if (is_for) {
    compile_expr(u, n->b);
    emit(u, OP_GET_ITER);
  }
  uint32_t top = here(u);
  u->line = n->line;
  int64_t exit = is_for ? static_cast<int64_t>(emit(u, OP_FOR_ITER)) : compile_condition(u, n->a);
  push_fblock(u, {is_for ? kFFor : kFWhile, top, &breaks, nullptr});
  if (is_for) compile_store(u, n->a);
  compile_body(u, n->body);
  emit(u, OP_JUMP_BACK, top);
  u->fblocks.n--;
  if (exit >= 0) patch(u, static_cast<uint32_t>(exit));
  compile_body(u, n->orelse);
  for (uint32_t b : breaks) patch(u, b);
}

void compile_handlers(Unit* u, Node* n, Vec<uint32_t>* ends) {  // stack: previous, exception
  for (Node* h : n->list) {
    u->line = h->line;
    int64_t to_next = -1;
    if (h->a) {
      emit(u, OP_DUP_TOP);
      compile_expr(u, h->a);
      u->line = h->line;
      emit(u, OP_EXC_MATCH);
      to_next = emit(u, OP_POP_JUMP_IF_FALSE);
    }
    if (!h->name) {
      emit(u, OP_POP_TOP);
      push_fblock(u, {kFHandler, 0, nullptr, nullptr});
      compile_body(u, h->body);
      u->fblocks.n--;
      emit(u, OP_POP_EXCEPT);
    } else {
      emit_name(u, h->name, kStore);
      uint32_t cleanup = emit(u, OP_SETUP_TRY);
      push_fblock(u, {kFHandler, 0, nullptr, h});
      compile_body(u, h->body);
      u->fblocks.n--;
      emit(u, OP_POP_BLOCK);
      emit(u, OP_POP_EXCEPT);
      clear_name(u, h->name);
      ends->push(u->arena, emit(u, OP_JUMP));
      patch(u, cleanup);
      clear_name(u, h->name);
      emit(u, OP_RERAISE);
    }
    if (!h->name) ends->push(u->arena, emit(u, OP_JUMP));
    if (to_next >= 0) patch(u, static_cast<uint32_t>(to_next));
    if (!h->a) return;
  }
  emit(u, OP_RERAISE);
}

void compile_try_except(Unit* u, Node* n) {
  uint32_t setup = emit(u, OP_SETUP_TRY);
  push_fblock(u, {kFTry, 0, nullptr, nullptr});
  compile_body(u, n->body);
  u->fblocks.n--;
  emit(u, OP_POP_BLOCK);
  compile_body(u, n->orelse);
  Vec<uint32_t> ends;
  ends.push(u->arena, emit(u, OP_JUMP));
  patch(u, setup);
  compile_handlers(u, n, &ends);
  for (uint32_t e : ends) patch(u, e);
}

void compile_try(Unit* u, Node* n) {
  if (!n->finalbody.n) return compile_try_except(u, n);
  uint32_t setup = emit(u, OP_SETUP_TRY);
  push_fblock(u, {kFFinallyTry, 0, nullptr, n});
  if (n->list.n) {
    compile_try_except(u, n);
  } else {
    compile_body(u, n->body);
  }
  u->fblocks.n--;
  emit(u, OP_POP_BLOCK);
  compile_body(u, n->finalbody);
  uint32_t end = emit(u, OP_JUMP);
  patch(u, setup);
  push_fblock(u, {kFFinallyEnd, 0, nullptr, nullptr});
  compile_body(u, n->finalbody);
  u->fblocks.n--;
  emit(u, OP_RERAISE);
  patch(u, end);
}

void compile_with(Unit* u, Node* n, uint32_t i) {
  if (i == n->list.n) return compile_body(u, n->body);
  Node* item = n->list[i];
  compile_expr(u, item->a);
  u->line = item->line;
  uint32_t setup = emit(u, OP_SETUP_WITH);
  push_fblock(u, {kFWith, 0, nullptr, nullptr});
  if (item->b) {
    compile_store(u, item->b);
  } else {
    emit(u, OP_POP_TOP);
  }
  compile_with(u, n, i + 1);
  u->fblocks.n--;
  emit(u, OP_POP_BLOCK);
  u->line = n->line;
  call_exit_normally(u);
  uint32_t end = emit(u, OP_JUMP);
  patch(u, setup);  // exit, previous, exception
  emit(u, OP_WITH_EXCEPT);
  uint32_t suppress = emit(u, OP_POP_JUMP_IF_TRUE);
  emit(u, OP_RERAISE);
  patch(u, suppress);
  emit(u, OP_POP_TOP);
  emit(u, OP_POP_EXCEPT);
  emit(u, OP_POP_TOP);
  patch(u, end);
}

void compile_aug_assign(Unit* u, Node* n) {
  Node* t = n->a;
  auto op = [&] {
    compile_expr(u, n->b);
    u->line = n->line;
    emit(u, OP_INPLACE_OP, static_cast<uint32_t>(n->op));
  };
  if (t->kind == kNameExpr) {
    emit_name(u, t->name, kLoad);
    op();
    emit_name(u, t->name, kStore);
  } else if (t->kind == kAttr) {
    uint32_t name = add_name(u, mangle(u->scope, t->name));
    compile_expr(u, t->a);
    emit(u, OP_DUP_TOP);
    emit(u, OP_LOAD_ATTR, name);
    op();
    emit(u, OP_ROT_TWO);
    emit(u, OP_STORE_ATTR, name);
  } else {
    compile_expr(u, t->a);
    compile_expr(u, t->b);
    emit(u, OP_DUP_TWO);
    emit(u, OP_LOAD_SUBSCR);
    op();
    emit(u, OP_ROT_THREE);
    emit(u, OP_STORE_SUBSCR);
  }
}

void compile_import(Unit* u, Node* n) {
  if (n->kind == kImport) {
    for (Node* a : n->list) {
      emit(u, OP_IMPORT_NAME, add_name(u, a->name));
      emit_name(u, a->name2, kStore);
    }
    return;
  }
  emit(u, OP_IMPORT_NAME, add_name(u, n->name));
  for (Node* a : n->list) {
    emit(u, OP_IMPORT_FROM, add_name(u, a->name));
    emit_name(u, a->name2, kStore);
  }
  emit(u, OP_POP_TOP);
}

void compile_definition(Unit* u, Node* n) {
  for (Node* d : n->decorators) compile_expr(u, d);
  if (n->kind == kFunctionDef) {
    compile_function(u, n);
  } else {
    compile_class(u, n);
  }
  for (uint32_t i = 0; i < n->decorators.n; i++) emit(u, OP_CALL_FUNCTION, 1);
  emit_name(u, n->name, kStore);
}

void compile_stmt(Unit* u, Node* n) {
  u->line = n->line;
  switch (n->kind) {
    case kExprStmt:
      if (n->a->kind == kConst) return;
      compile_expr(u, n->a);
      emit(u, OP_POP_TOP);
      break;
    case kAssign:
      compile_expr(u, n->a);
      for (uint32_t i = 0; i < n->list.n; i++) {
        if (i + 1 < n->list.n) emit(u, OP_DUP_TOP);
        compile_store(u, n->list[i]);
      }
      break;
    case kAugAssign:
      compile_aug_assign(u, n);
      break;
    case kAnnAssign:
      if (!n->b) break;
      compile_expr(u, n->b);
      compile_store(u, n->a);
      break;
    case kReturn:
      compile_return(u, n);
      break;
    case kRaise:
      if (n->a) compile_expr(u, n->a);
      if (n->b) compile_expr(u, n->b);
      u->line = n->line;
      emit(u, OP_RAISE, n->b ? 2 : n->a ? 1 : 0);
      break;
    case kDel:
      for (Node* t : n->list) compile_delete(u, t);
      break;
    case kBreak:
    case kContinue:
      compile_break(u, n);
      break;
    case kAssert: {
      compile_expr(u, n->a);
      uint32_t good = emit(u, OP_POP_JUMP_IF_TRUE);
      emit(u, OP_LOAD_ASSERTION_ERROR);
      if (n->b) {
        compile_expr(u, n->b);
        emit(u, OP_CALL_FUNCTION, 1);
      }
      emit(u, OP_RAISE, 1);
      patch(u, good);
      break;
    }
    case kImport:
    case kFromImport:
      compile_import(u, n);
      break;
    case kIf:
      compile_if(u, n);
      break;
    case kWhile:
    case kFor:
      compile_loop(u, n);
      break;
    case kTry:
      compile_try(u, n);
      break;
    case kWith:
      compile_with(u, n, 0);
      break;
    case kFunctionDef:
    case kClassDef:
      compile_definition(u, n);
      break;
    default:
      break;  // pass, global, nonlocal
  }
}
}  // namespace

void compile_body(Unit* u, const Vec<Node*>& body) {
  for (uint32_t i = 0; i < body.n; i++) compile_stmt(u, body[i]);
}

namespace {
struct Compilation {
  Arena arena;
  const char* text;
  size_t n;
  const char* filename;
  CodeObj* code;
};

void compile_source(void* context) {
  auto* c = static_cast<Compilation*>(context);
  auto* src = static_cast<Source*>(arena_alloc(&c->arena, sizeof(Source)));
  src->arena = &c->arena;
  src->filename = c->filename;
  Node* module = parse_module(src, c->text, c->n);
  Scope* scope = analyze_scopes(src, module);
  Unit* u = begin_unit(nullptr, src, scope, py_names.module_name, 1);
  add_const(u, py_none);
  compile_body(u, module->body);
  emit_const(u, py_none);
  emit(u, OP_RETURN_VALUE);
  c->code = finish_unit(u);
}
}  // namespace

CodeObj* py_compile(const char* source, size_t n, const char* filename) {
  Compilation c = {{}, source, n, filename, nullptr};
  Value exception = py_try(compile_source, &c);
  arena_free(&c.arena);
  if (exception) nlr_jump(exception);
  return c.code;
}
