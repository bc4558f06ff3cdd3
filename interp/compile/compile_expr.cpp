// Expressions to bytecode.
#include "compile/unit.h"
#include "vm/runtime.h"

namespace {
constexpr uint32_t kManyItems = 64;  // longer displays are built item by item

bool has_star(const Vec<Node*>& list) {
  for (uint32_t i = 0; i < list.n; i++) {
    if (list[i] && list[i]->kind == kStarred) return true;
  }
  return false;
}

// Leaves a list of the items on the stack, whatever their number and stars.
void build_long_list(Unit* u, const Vec<Node*>& list, bool of_call = false) {
  emit(u, OP_BUILD_LIST, 0);
  for (uint32_t i = 0; i < list.n; i++) {
    Node* item = list[i];
    compile_expr(u, item->kind == kStarred ? item->a : item);
    emit(u, item->kind == kStarred ? OP_LIST_EXTEND : OP_LIST_APPEND,
         item->kind == kStarred ? of_call : 1);
  }
}

void compile_sequence(Unit* u, Node* n) {
  bool is_long = n->list.n > kManyItems || has_star(n->list);
  if (n->kind == kSet && is_long) {
    emit(u, OP_BUILD_SET, 0);
    for (Node* item : n->list) {
      compile_expr(u, item->kind == kStarred ? item->a : item);
      emit(u, item->kind == kStarred ? OP_SET_UPDATE : OP_SET_ADD, item->kind == kStarred ? 0 : 1);
    }
    return;
  }
  if (is_long) {
    build_long_list(u, n->list);
    if (n->kind == kTuple) emit(u, OP_LIST_TO_TUPLE);
    return;
  }
  for (Node* item : n->list) compile_expr(u, item);
  emit(u,
       n->kind == kTuple  ? OP_BUILD_TUPLE
       : n->kind == kList ? OP_BUILD_LIST
                          : OP_BUILD_SET,
       n->list.n);
}

void compile_dict(Unit* u, Node* n) {
  bool simple = n->list.n <= 2 * kManyItems;
  for (uint32_t i = 0; i < n->list.n; i += 2) simple = simple && n->list[i];
  if (simple) {
    for (Node* item : n->list) compile_expr(u, item);
    emit(u, OP_BUILD_MAP, n->list.n / 2);
    return;
  }
  emit(u, OP_BUILD_MAP, 0);
  for (uint32_t i = 0; i < n->list.n; i += 2) {
    if (n->list[i]) compile_expr(u, n->list[i]);
    compile_expr(u, n->list[i + 1]);
    emit(u, n->list[i] ? OP_MAP_ADD : OP_DICT_UPDATE, n->list[i] ? 1 : 0);
  }
}

void compile_bool(Unit* u, Node* n) {
  Vec<uint32_t> jumps;
  for (uint32_t i = 0; i < n->list.n; i++) {
    compile_expr(u, n->list[i]);
    if (i + 1 == n->list.n) break;
    jumps.push(u->arena, emit(u, n->op ? OP_JUMP_IF_TRUE_OR_POP : OP_JUMP_IF_FALSE_OR_POP));
  }
  for (uint32_t j : jumps) patch(u, j);
}

void emit_compare(Unit* u, int op) {
  switch (op) {
    case kCmpIs:
      emit(u, OP_IS_OP, 0);
      break;
    case kCmpIsNot:
      emit(u, OP_IS_OP, 1);
      break;
    case kCmpIn:
      emit(u, OP_CONTAINS_OP, 0);
      break;
    case kCmpNotIn:
      emit(u, OP_CONTAINS_OP, 1);
      break;
    default:
      emit(u, OP_BINARY_OP, static_cast<uint32_t>(op));
      break;
  }
}

void compile_compare(Unit* u, Node* n) {
  compile_expr(u, n->a);
  Vec<uint32_t> fails;
  for (uint32_t i = 0; i < n->list.n; i++) {
    compile_expr(u, n->list[i]->a);
    if (i + 1 == n->list.n) {
      emit_compare(u, n->list[i]->op);
      break;
    }
    emit(u, OP_DUP_TOP);
    emit(u, OP_ROT_THREE);
    emit_compare(u, n->list[i]->op);
    fails.push(u->arena, emit(u, OP_JUMP_IF_FALSE_OR_POP));
  }
  if (!fails.n) return;
  uint32_t end = emit(u, OP_JUMP);
  for (uint32_t j : fails) patch(u, j);
  emit(u, OP_ROT_TWO);
  emit(u, OP_POP_TOP);
  patch(u, end);
}

// super() without arguments: supplies the class cell and the first parameter.
bool compile_bare_super(Unit* u, Node* n) {
  if (n->a->kind != kNameExpr || n->a->name != py_names.super_ || n->list.n) return false;
  Symbol* x = scope_find(u->scope, py_names.class_);
  if (u->scope->kind != kFunctionScope || !x || !(x->flags & kFree)) return false;
  if (u->n_args == 0 || u->scope->comprehension) return false;
  emit_name(u, py_names.super_, kLoad);
  emit_name(u, py_names.class_, kLoad);
  emit_name(u, u->varnames[0], kLoad);
  emit(u, OP_CALL_FUNCTION, 2);
  return true;
}

void compile_call(Unit* u, Node* n) {
  if (compile_bare_super(u, n)) return;
  int32_t line = n->line;
  uint32_t positional = 0, keywords = 0;
  bool extended = false;
  for (Node* arg : n->list) {
    if (arg->kind == kStarred || (arg->kind == kKeywordArg && !arg->name)) extended = true;
    if (arg->kind == kKeywordArg) {
      keywords++;
    } else {
      positional++;
    }
  }
  extended = extended || positional > 200 || keywords > 200;
  bool method = n->a->kind == kAttr && !extended;
  if (method) {
    compile_expr(u, n->a->a);
    u->line = line;
    emit(u, OP_LOAD_METHOD, add_name(u, mangle(u->scope, n->a->name)));
  } else {
    compile_expr(u, n->a);
  }
  if (extended) {
    Vec<Node*> args;
    for (Node* arg : n->list) {
      if (arg->kind != kKeywordArg) args.push(u->arena, arg);
    }
    build_long_list(u, args, true);
    if (keywords) {
      emit(u, OP_BUILD_MAP, 0);
      for (Node* arg : n->list) {
        if (arg->kind != kKeywordArg) continue;
        if (arg->name) {
          emit_const(u, val(arg->name));
          compile_expr(u, arg->a);
          emit(u, OP_BUILD_MAP, 1);
        } else {
          compile_expr(u, arg->a);
        }
        u->line = line;
        emit(u, OP_DICT_MERGE);
      }
    }
    u->line = line;
    emit(u, OP_CALL_EX, keywords ? 1 : 0);
    return;
  }
  for (Node* arg : n->list) {
    if (arg->kind == kKeywordArg) emit_const(u, val(arg->name));
    compile_expr(u, arg->kind == kKeywordArg ? arg->a : arg);
  }
  u->line = line;
  emit(u, method ? OP_CALL_METHOD : OP_CALL_FUNCTION, positional | keywords << 12);
}

void compile_fstring(Unit* u, Node* n) {
  uint32_t count = 0;
  for (Node* part : n->list) {
    if (part->kind == kConst) {
      emit_const(u, part->value);
    } else {
      compile_expr(u, part->a);
      if (part->b) compile_fstring(u, part->b);
      emit(u, OP_FORMAT_VALUE, static_cast<uint32_t>(part->op) | (part->b ? kFormatSpec : 0));
    }
    if (++count == kManyItems) {
      emit(u, OP_BUILD_STRING, count);
      count = 1;
    }
  }
  if (count != 1 || n->list.n != 1) emit(u, OP_BUILD_STRING, count);
}

void compile_slice(Unit* u, Node* n) {
  for (Node* part : {n->a, n->b}) {
    if (part) {
      compile_expr(u, part);
    } else {
      emit_const(u, py_none);
    }
  }
  if (n->c) compile_expr(u, n->c);
  emit(u, OP_BUILD_SLICE, n->c ? 3 : 2);
}
}  // namespace

void compile_expr(Unit* u, Node* n) {
  switch (n->kind) {
    case kConst:
      emit_const(u, n->value);
      break;
    case kNameExpr:
      u->line = n->line;
      emit_name(u, n->name, kLoad);
      break;
    case kAttr:
      compile_expr(u, n->a);
      u->line = n->line;
      emit(u, OP_LOAD_ATTR, add_name(u, mangle(u->scope, n->name)));
      break;
    case kSubscript:
      compile_expr(u, n->a);
      compile_expr(u, n->b);
      u->line = n->line;
      emit(u, OP_LOAD_SUBSCR);
      break;
    case kSlice:
      compile_slice(u, n);
      break;
    case kCall:
      compile_call(u, n);
      break;
    case kUnary:
      compile_expr(u, n->a);
      emit(u, OP_UNARY_OP, static_cast<uint32_t>(n->op));
      break;
    case kNotExpr:
      compile_expr(u, n->a);
      emit(u, OP_NOT);
      break;
    case kBinary:
      compile_expr(u, n->a);
      compile_expr(u, n->b);
      u->line = n->line;
      emit(u, OP_BINARY_OP, static_cast<uint32_t>(n->op));
      break;
    case kCompare:
      compile_compare(u, n);
      break;
    case kBoolOp:
      compile_bool(u, n);
      break;
    case kIfExpr: {
      compile_expr(u, n->b);
      uint32_t to_else = emit(u, OP_POP_JUMP_IF_FALSE);
      compile_expr(u, n->a);
      uint32_t to_end = emit(u, OP_JUMP);
      patch(u, to_else);
      compile_expr(u, n->c);
      patch(u, to_end);
      break;
    }
    case kLambda:
      compile_function(u, n);
      break;
    case kTuple:
    case kList:
    case kSet:
      compile_sequence(u, n);
      break;
    case kDict:
      compile_dict(u, n);
      break;
    case kListComp:
    case kSetComp:
    case kGenExpr:
    case kDictComp:
      compile_comprehension(u, n);
      break;
    case kFString:
      compile_fstring(u, n);
      break;
    case kYield:
      if (n->a) {
        compile_expr(u, n->a);
      } else {
        emit_const(u, py_none);
      }
      u->line = n->line;
      emit(u, OP_YIELD_VALUE);
      break;
    case kYieldFrom:
      compile_expr(u, n->a);
      emit(u, OP_GET_ITER);
      emit_const(u, py_none);
      u->line = n->line;
      emit(u, OP_YIELD_FROM);
      break;
    case kWalrus:
      compile_expr(u, n->a);
      emit(u, OP_DUP_TOP);
      emit_name(u, n->name, kStore);
      break;
    case kStarred:
      syntax_error(u->src, n->line, "can't use starred expression here");
    default:
      syntax_error(u->src, n->line, "invalid syntax");
  }
}

void compile_store(Unit* u, Node* n) {
  switch (n->kind) {
    case kNameExpr:
      emit_name(u, n->name, kStore);
      break;
    case kAttr:
      compile_expr(u, n->a);
      u->line = n->line;
      emit(u, OP_STORE_ATTR, add_name(u, mangle(u->scope, n->name)));
      break;
    case kSubscript:
      compile_expr(u, n->a);
      compile_expr(u, n->b);
      u->line = n->line;
      emit(u, OP_STORE_SUBSCR);
      break;
    default: {
      uint32_t star = n->list.n;
      for (uint32_t i = 0; i < n->list.n; i++) {
        if (n->list[i]->kind == kStarred) star = i;
      }
      if (star < n->list.n) {
        emit(u, OP_UNPACK_EX, star | (n->list.n - star - 1) << 12);
      } else {
        emit(u, OP_UNPACK_SEQUENCE, n->list.n);
      }
      for (Node* item : n->list) compile_store(u, item->kind == kStarred ? item->a : item);
      break;
    }
  }
}

void compile_delete(Unit* u, Node* n) {
  switch (n->kind) {
    case kNameExpr:
      emit_name(u, n->name, kDelete);
      break;
    case kAttr:
      compile_expr(u, n->a);
      emit(u, OP_DELETE_ATTR, add_name(u, mangle(u->scope, n->name)));
      break;
    case kSubscript:
      compile_expr(u, n->a);
      compile_expr(u, n->b);
      emit(u, OP_DELETE_SUBSCR);
      break;
    default:
      for (Node* item : n->list) compile_delete(u, item);
      break;
  }
}
