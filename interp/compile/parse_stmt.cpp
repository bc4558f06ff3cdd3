// Statements.
#include <cstring>

#include "compile/parser.h"
#include "vm/runtime.h"

namespace {
void parse_block(Parser* p, Vec<Node*>* out, const char* after);
void parse_statement(Parser* p, Vec<Node*>* out);

const char* kind_text(Node* n) {
  switch (n->kind) {
    case kConst:
      return n->value == py_none       ? "None"
             : n->value == py_true     ? "True"
             : n->value == py_false    ? "False"
             : n->value == py_ellipsis ? "ellipsis"
                                       : "literal";
    case kCall:
      return "function call";
    case kUnary:
    case kBinary:
    case kNotExpr:
    case kBoolOp:
      return "expression";
    case kCompare:
      return "comparison";
    case kIfExpr:
      return "conditional expression";
    case kLambda:
      return "lambda";
    case kDict:
      return "dict literal";
    case kSet:
      return "set display";
    case kListComp:
      return "list comprehension";
    case kGenExpr:
      return "generator expression";
    case kFString:
      return "f-string expression";
    case kYield:
    case kYieldFrom:
      return "yield expression";
    case kWalrus:
      return "named expression";
    default:
      return "expression";
  }
}
}  // namespace

void check_target(Parser* p, Node* n, const char* verb) {
  switch (n->kind) {
    case kNameExpr:
    case kAttr:
    case kSubscript:
      return;
    case kStarred:
      if (!std::strcmp(verb, "delete")) break;
      return check_target(p, n->a, verb);
    case kTuple:
    case kList: {
      int starred = 0;
      for (Node* item : n->list) {
        starred += item->kind == kStarred;
        check_target(p, item, verb);
      }
      if (starred > 1) syntax_error(p->src, n->line, "multiple starred expressions in assignment");
      return;
    }
    default:
      break;
  }
  syntax_error(p->src, n->line, "cannot %s %s", verb, kind_text(n));
}

Params* parse_params(Parser* p, const char* close, bool annotations) {
  Arena* arena = p->src->arena;
  auto* out = static_cast<Params*>(arena_alloc(arena, sizeof(Params)));
  bool star = false;
  auto annotation = [&] {
    if (annotations && accept(p, ":")) parse_expression(p);
  };
  auto unique = [&](StrObj* name) {
    auto in = [&](const Vec<StrObj*>& v) {
      for (uint32_t i = 0; i < v.n; i++) {
        if (v[i] == name) return true;
      }
      return false;
    };
    if (in(out->positional) || in(out->kwonly) || out->var_args == name || out->var_kw == name) {
      syntax_error(p->src, peek(p).line, "duplicate argument '%S' in function definition", name);
    }
    return name;
  };
  while (!peek(p).is(close)) {
    if (out->var_kw) parse_error(p);
    if (accept(p, "**")) {
      out->var_kw = unique(expect_name(p));
      annotation();
    } else if (accept(p, "*")) {
      if (star) parse_error(p, "* argument may appear only once");
      star = true;
      if (!peek(p).is(",")) {
        if (peek(p).is(close)) parse_error(p, "named arguments must follow bare *");
        out->var_args = unique(expect_name(p));
        annotation();
      } else if (peek(p, 1).is(close) || peek(p, 1).is("**")) {
        parse_error(p, "named arguments must follow bare *");
      }
    } else if (accept(p, "/")) {
      not_implemented(p->src, peek(p).line, "a positional-only parameter");
    } else {
      StrObj* name = unique(expect_name(p));
      (star ? out->kwonly : out->positional).push(arena, name);
      annotation();
      Node* value = accept(p, "=") ? parse_expression(p) : nullptr;
      if (star) {
        out->kw_defaults.push(arena, value);
      } else if (value) {
        out->defaults.push(arena, value);
      } else if (out->defaults.n) {
        parse_error(p, "non-default argument follows default argument");
      }
    }
    if (!accept(p, ",") && !peek(p).is(close)) parse_error(p);
  }
  return out;
}

namespace {
BinaryOp augmented(const Token& t, bool* found) {
  struct {
    const char* text;
    BinaryOp op;
  } const ops[] = {{"+=", kAdd},       {"-=", kSub}, {"*=", kMul},  {"/=", kTrueDiv},
                   {"//=", kFloorDiv}, {"%=", kMod}, {"**=", kPow}, {">>=", kRshift},
                   {"<<=", kLshift},   {"&=", kAnd}, {"^=", kXor},  {"|=", kOr},
                   {"@=", kMatMul}};
  *found = true;
  for (const auto& o : ops) {
    if (t.is(o.text)) return o.op;
  }
  *found = false;
  return kAdd;
}

Node* parse_expression_statement(Parser* p) {
  int32_t line = peek(p).line;
  Node* first = parse_expression_list(p);
  bool is_aug;
  BinaryOp op = augmented(peek(p), &is_aug);
  if (is_aug) {
    if (first->kind != kNameExpr && first->kind != kAttr && first->kind != kSubscript) {
      syntax_error(p->src, line, "'%s' is an illegal expression for augmented assignment",
                   first->kind == kTuple  ? "tuple"
                   : first->kind == kList ? "list"
                                          : kind_text(first));
    }
    Node* n = new_node(p, kAugAssign, line);
    p->at++;
    n->a = first;
    n->op = op;
    n->b = parse_expression_list(p);
    return n;
  }
  if (peek(p).is(":") &&
      (first->kind == kNameExpr || first->kind == kAttr || first->kind == kSubscript)) {
    p->at++;
    Node* n = new_node(p, kAnnAssign, line);
    n->a = first;
    parse_expression(p);
    if (accept(p, "=")) n->b = parse_expression_list(p);
    return n;
  }
  if (!peek(p).is("=")) {
    Node* n = new_node(p, kExprStmt, line);
    n->a = first;
    if (first->kind == kStarred) syntax_error(p->src, line, "can't use starred expression here");
    return n;
  }
  Node* n = new_node(p, kAssign, line);
  Node* last = first;
  while (accept(p, "=")) {
    if (last->kind == kStarred)
      syntax_error(p->src, line, "starred assignment target must be in a list or tuple");
    if (last->kind != kNameExpr && last->kind != kAttr && last->kind != kSubscript &&
        last->kind != kTuple && last->kind != kList) {
      syntax_error(p->src, line, "cannot assign to %s here. Maybe you meant '==' instead of '='?",
                   kind_text(last));
    }
    check_target(p, last, "assign to");
    n->list.push(p->src->arena, last);
    last = parse_expression_list(p);
  }
  if (last->kind == kStarred) syntax_error(p->src, line, "can't use starred expression here");
  n->a = last;
  return n;
}

StrObj* dotted_name(Parser* p) {
  StrObj* name = expect_name(p);
  if (peek(p).is(".")) not_implemented(p->src, peek(p).line, "importing a submodule");
  return name;
}

Node* parse_import(Parser* p) {
  Arena* arena = p->src->arena;
  Node* n = new_node(p, kImport, peek(p).line);
  auto alias = [&](StrObj* name) {
    Node* a = new_node(p, kAlias, peek(p).line);
    a->name = name;
    a->name2 = accept(p, "as") ? expect_name(p) : name;
    n->list.push(arena, a);
  };
  if (accept(p, "import")) {
    do alias(dotted_name(p));
    while (accept(p, ","));
    return n;
  }
  expect(p, "from");
  n->kind = kFromImport;
  if (peek(p).is(".") || peek(p).is("...")) not_implemented(p->src, n->line, "a relative import");
  n->name = dotted_name(p);
  expect(p, "import");
  if (peek(p).is("*")) not_implemented(p->src, n->line, "import *");
  bool group = accept(p, "(");
  do {
    if (group && peek(p).is(")")) break;
    alias(expect_name(p));
  } while (accept(p, ","));
  if (group) expect(p, ")");
  return n;
}

Node* parse_small_statement(Parser* p) {
  Arena* arena = p->src->arena;
  const Token& t = peek(p);
  auto simple = [&](NodeKind kind) {
    Node* n = new_node(p, kind, t.line);
    p->at++;
    return n;
  };
  auto at_end = [&] { return peek(p).kind == kNewline || peek(p).is(";"); };
  if (t.kind != kName || !t.keyword) return parse_expression_statement(p);
  if (t.is("pass")) return simple(kPass);
  if (t.is("break")) return simple(kBreak);
  if (t.is("continue")) return simple(kContinue);
  if (t.is("return")) {
    Node* n = simple(kReturn);
    if (!at_end()) n->a = parse_expression_list(p);
    return n;
  }
  if (t.is("raise")) {
    Node* n = simple(kRaise);
    if (!at_end()) n->a = parse_expression(p);
    if (n->a && accept(p, "from")) n->b = parse_expression(p);
    return n;
  }
  if (t.is("del")) {
    Node* n = simple(kDel);
    Node* targets = parse_target_list(p);
    check_target(p, targets, "delete");
    n->list.push(arena, targets);
    return n;
  }
  if (t.is("global") || t.is("nonlocal")) {
    Node* n = simple(t.is("global") ? kGlobal : kNonlocal);
    do {
      Node* name = new_node(p, kNameExpr, t.line);
      name->name = expect_name(p);
      n->list.push(arena, name);
    } while (accept(p, ","));
    return n;
  }
  if (t.is("assert")) {
    Node* n = simple(kAssert);
    n->a = parse_expression(p);
    if (accept(p, ",")) n->b = parse_expression(p);
    return n;
  }
  if (t.is("import") || t.is("from")) return parse_import(p);
  return parse_expression_statement(p);
}

Node* parse_if(Parser* p) {
  Node* n = new_node(p, kIf, peek(p).line);
  p->at++;
  n->a = parse_named_expression(p);
  parse_block(p, &n->body, "'if' statement");
  if (peek(p).is("elif")) {
    NestingGuard::enter(p);
    n->orelse.push(p->src->arena, parse_if(p));
    NestingGuard::leave(p);
  } else if (accept(p, "else")) {
    parse_block(p, &n->orelse, "'else' statement");
  }
  return n;
}

Node* parse_try(Parser* p) {
  Arena* arena = p->src->arena;
  Node* n = new_node(p, kTry, peek(p).line);
  p->at++;
  parse_block(p, &n->body, "'try' statement");
  while (peek(p).is("except")) {
    Node* h = new_node(p, kHandler, peek(p).line);
    p->at++;
    if (peek(p).is("*")) not_implemented(p->src, h->line, "except*");
    if (!peek(p).is(":")) {
      h->a = parse_expression(p);
      if (peek(p).is(",")) parse_error(p, "multiple exception types must be parenthesized");
      if (accept(p, "as")) h->name = expect_name(p);
    } else if (!peek(p).is(":")) {
      parse_error(p);
    }
    parse_block(p, &h->body, "'except' statement");
    if (!h->a && peek(p).is("except")) parse_error(p, "default 'except:' must be last");
    n->list.push(arena, h);
  }
  if (n->list.n && accept(p, "else")) parse_block(p, &n->orelse, "'else' statement");
  if (accept(p, "finally")) parse_block(p, &n->finalbody, "'finally' statement");
  if (!n->list.n && !n->finalbody.n) parse_error(p, "expected 'except' or 'finally' block");
  return n;
}

Node* parse_with(Parser* p) {
  Node* n = new_node(p, kWith, peek(p).line);
  p->at++;
  // A parenthesis may belong to the statement or to the first expression: try the statement.
  uint32_t start = p->at;
  bool group = false;
  if (peek(p).is("(")) {
    int depth = 0;
    uint32_t i = p->at;
    for (; i < p->tokens.n; i++) {
      if (p->tokens[i].is("(") || p->tokens[i].is("[") || p->tokens[i].is("{")) depth++;
      if ((p->tokens[i].is(")") || p->tokens[i].is("]") || p->tokens[i].is("}")) && --depth == 0)
        break;
    }
    group = i + 1 < p->tokens.n && p->tokens[i + 1].is(":");
    bool as_inside = false;
    for (uint32_t k = p->at; k < i; k++)
      as_inside = as_inside || p->tokens[k].is("as") || p->tokens[k].is(",");
    group = group && as_inside;
    if (group) p->at = start + 1;
  }
  do {
    if (group && peek(p).is(")")) break;
    Node* item = new_node(p, kWithItem, peek(p).line);
    item->a = parse_expression(p);
    if (accept(p, "as")) {
      item->b = group ? parse_bit_or(p) : parse_target_list(p);
      check_target(p, item->b, "assign to");
    }
    n->list.push(p->src->arena, item);
  } while (accept(p, ","));
  if (group) expect(p, ")");
  parse_block(p, &n->body, "'with' statement");
  return n;
}

Node* parse_function(Parser* p) {
  Node* n = new_node(p, kFunctionDef, peek(p).line);
  p->at++;
  n->name = expect_name(p);
  if (!accept(p, "(")) parse_error(p, "expected '('");
  n->params = parse_params(p, ")", true);
  expect(p, ")");
  if (accept(p, "->")) parse_expression(p);
  parse_block(p, &n->body, "function definition");
  return n;
}

Node* parse_class(Parser* p) {
  Node* n = new_node(p, kClassDef, peek(p).line);
  p->at++;
  n->name = expect_name(p);
  if (accept(p, "(")) parse_arguments(p, &n->list);
  parse_block(p, &n->body, "class definition");
  return n;
}

Node* parse_loop(Parser* p) {
  bool is_for = peek(p).is("for");
  Node* n = new_node(p, is_for ? kFor : kWhile, peek(p).line);
  p->at++;
  if (is_for) {
    n->a = parse_target_list(p);
    check_target(p, n->a, "assign to");
    expect(p, "in");
    n->b = parse_expression_list(p);
  } else {
    n->a = parse_named_expression(p);
  }
  parse_block(p, &n->body, is_for ? "'for' statement" : "'while' statement");
  if (accept(p, "else")) parse_block(p, &n->orelse, "'else' statement");
  return n;
}

Node* parse_compound(Parser* p) {
  const Token& t = peek(p);
  if (t.is("if")) return parse_if(p);
  if (t.is("for") || t.is("while")) return parse_loop(p);
  if (t.is("try")) return parse_try(p);
  if (t.is("with")) return parse_with(p);
  if (t.is("def")) return parse_function(p);
  if (t.is("class")) return parse_class(p);
  if (t.is("async")) parse_error(p);
  if (!t.is("@")) return nullptr;
  Vec<Node*> decorators;
  while (accept(p, "@")) {
    decorators.push(p->src->arena, parse_named_expression(p));
    if (peek(p).kind != kNewline) parse_error(p);
    p->at++;
  }
  if (!peek(p).is("def") && !peek(p).is("class")) parse_error(p);
  Node* n = parse_compound(p);
  n->decorators = decorators;
  return n;
}

// `match` is a name unless the line reads like a match statement.
void refuse_match(Parser* p) {
  const Token& t = peek(p);
  if (t.kind != kName || t.keyword || t.n != 5 || std::memcmp(t.text, "match", 5)) return;
  const Token& next = peek(p, 1);
  if (next.kind == kOperator && !next.is("(") && !next.is("[") && !next.is("{") && !next.is("-") &&
      !next.is("*"))
    return;
  int depth = 0;
  for (uint32_t i = p->at; i + 2 < p->tokens.n && p->tokens[i].kind != kNewline; i++) {
    const Token& k = p->tokens[i];
    if (k.is("(") || k.is("[") || k.is("{")) depth++;
    if (k.is(")") || k.is("]") || k.is("}")) depth--;
    if (depth == 0 && k.is(":") && p->tokens[i + 1].kind == kNewline) {
      not_implemented(p->src, t.line, "match");
    }
  }
}

void parse_statement(Parser* p, Vec<Node*>* out) {
  NestingGuard::enter(p);
  refuse_match(p);
  if (Node* n = parse_compound(p)) {
    out->push(p->src->arena, n);
    NestingGuard::leave(p);
    return;
  }
  do {
    if (peek(p).kind == kNewline) break;
    out->push(p->src->arena, parse_small_statement(p));
  } while (accept(p, ";"));
  if (peek(p).kind != kNewline) parse_error(p);
  p->at++;
  NestingGuard::leave(p);
}

void parse_block(Parser* p, Vec<Node*>* out, const char* after) {
  int32_t line = peek(p).line;
  expect(p, ":");
  if (peek(p).kind != kNewline) {
    if (peek(p).is("if") || peek(p).is("for") || peek(p).is("while") || peek(p).is("try") ||
        peek(p).is("with") || peek(p).is("def") || peek(p).is("class")) {
      parse_error(p);
    }
    return parse_statement(p, out);
  }
  p->at++;
  if (peek(p).kind != kIndent) {
    syntax_error(p->src, peek(p).line, "expected an indented block after %s on line %d", after,
                 static_cast<int>(line));
  }
  p->at++;
  while (peek(p).kind != kDedent && peek(p).kind != kEnd) parse_statement(p, out);
  if (peek(p).kind == kDedent) p->at++;
}
}  // namespace

Node* parse_module(const Source* src, const char* text, size_t n) {
  Parser p = {src, {}, 0, 0};
  p.tokens = lex(src, text, n, 1, false);
  Node* m = new_node(&p, kModule, 1);
  while (peek(&p).kind != kEnd) {
    if (peek(&p).kind == kNewline) {
      p.at++;
      continue;
    }
    parse_statement(&p, &m->body);
  }
  return m;
}
