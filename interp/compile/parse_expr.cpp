// Expressions, by recursive descent with one function per level of precedence.
#include <cstring>

#include "compile/parser.h"
#include "vm/runtime.h"

Node* parse_bit_or(Parser* p);
Node* parse_or_test(Parser* p);
Node* parse_comp_condition(Parser* p);

bool accept(Parser* p, const char* text) {
  if (!peek(p).is(text)) return false;
  p->at++;
  return true;
}

void parse_error(Parser* p, const char* message) {
  const Token& t = peek(p);
  if (message) syntax_error(p->src, t.line, "%s", message);
  if (t.kind == kIndent) syntax_error(p->src, t.line, "unexpected indent");
  if (t.is("await") || t.is("async")) not_implemented(p->src, t.line, "async/await");
  syntax_error(p->src, t.line, "invalid syntax");
}

void expect(Parser* p, const char* text) {
  if (accept(p, text)) return;
  if (!std::strcmp(text, ":")) parse_error(p, "expected ':'");
  parse_error(p);
}

StrObj* expect_name(Parser* p) {
  const Token& t = peek(p);
  if (t.kind != kName || t.keyword) parse_error(p);
  p->at++;
  return py_intern(t.text, t.n);
}

Node* new_node(Parser* p, NodeKind kind, int32_t line) {
  auto* n = static_cast<Node*>(arena_alloc(p->src->arena, sizeof(Node)));
  n->kind = kind;
  n->line = line;
  return n;
}

Node* unary_node(Parser* p, NodeKind kind, Node* a) {
  Node* n = new_node(p, kind, peek(p).line);
  n->a = a;
  return n;
}

void NestingGuard::enter(Parser* p) {
  if (++p->depth > 150) syntax_error(p->src, peek(p).line, "too many nested expressions");
}

namespace {
Node* constant(Parser* p, Value v, int32_t line) {
  Node* n = new_node(p, kConst, line);
  n->value = v;
  return n;
}

Node* parse_number(Parser* p) {
  const Token& t = peek(p);
  bool prefixed = t.n > 1 && t.text[0] == '0' && std::strchr("xXoObB", t.text[1]);
  bool is_float = false;
  for (uint32_t i = 0; i < t.n && !prefixed; i++)
    is_float = is_float || std::strchr(".eE", t.text[i]);
  Value v;
  if (is_float) {
    double d;
    if (!float_parse(t.text, t.n, &d)) parse_error(p, "invalid decimal literal");
    v = py_new_float(d);
  } else {
    v = int_parse(t.text, t.n, 0);
    if (!v) {
      parse_error(p, t.n > 1 && t.text[0] == '0' && !prefixed
                         ? "leading zeros in decimal integer literals are not permitted; use an 0o "
                           "prefix for octal integers"
                         : "invalid decimal literal");
    }
  }
  const Token& next = peek(p, 1);
  if (next.kind == kName && !next.keyword && next.text == t.text + t.n)
    parse_error(p, "invalid decimal literal");
  p->at++;
  return constant(p, v, t.line);
}

void parse_comp_for(Parser* p, Node* comp) {
  while (peek(p).is("for") || peek(p).is("async")) {
    Node* f = new_node(p, kCompFor, peek(p).line);
    expect(p, "for");
    f->a = parse_target_list(p);
    check_target(p, f->a, "assign to");
    expect(p, "in");
    p->depth++;
    // The iterable and the conditions are without a bare conditional expression's else.
    f->b = parse_or_test(p);
    while (accept(p, "if")) {
      f->list.push(p->src->arena, parse_comp_condition(p));
    }
    p->depth--;
    comp->list.push(p->src->arena, f);
  }
}

Node* parse_star_or_named(Parser* p) {
  if (peek(p).is("*")) {
    int32_t line = peek(p).line;
    p->at++;
    Node* n = new_node(p, kStarred, line);
    n->a = parse_bit_or(p);
    return n;
  }
  return parse_named_expression(p);
}

Node* parse_group(Parser* p) {
  int32_t line = peek(p).line;
  p->at++;
  if (accept(p, ")")) return new_node(p, kTuple, line);
  if (peek(p).is("yield")) {
    Node* y = parse_yield(p);
    expect(p, ")");
    y->parenthesized = true;
    return y;
  }
  Node* first = parse_star_or_named(p);
  if (peek(p).is("for") || peek(p).is("async")) {
    Node* g = new_node(p, kGenExpr, line);
    g->a = first;
    parse_comp_for(p, g);
    expect(p, ")");
    return g;
  }
  if (!peek(p).is(",")) {
    if (first->kind == kStarred) parse_error(p, "cannot use starred expression here");
    expect(p, ")");
    first->parenthesized = true;
    return first;
  }
  Node* t = new_node(p, kTuple, line);
  t->list.push(p->src->arena, first);
  while (accept(p, ",")) {
    if (peek(p).is(")")) break;
    t->list.push(p->src->arena, parse_star_or_named(p));
  }
  expect(p, ")");
  t->parenthesized = true;
  return t;
}

Node* parse_list_display(Parser* p) {
  Node* l = new_node(p, kList, peek(p).line);
  p->at++;
  if (accept(p, "]")) return l;
  Node* first = parse_star_or_named(p);
  if (peek(p).is("for") || peek(p).is("async")) {
    l->kind = kListComp;
    l->a = first;
    parse_comp_for(p, l);
  } else {
    l->list.push(p->src->arena, first);
    while (accept(p, ",")) {
      if (peek(p).is("]")) break;
      l->list.push(p->src->arena, parse_star_or_named(p));
    }
  }
  expect(p, "]");
  return l;
}

Node* parse_brace_display(Parser* p) {
  Node* d = new_node(p, kDict, peek(p).line);
  Arena* arena = p->src->arena;
  p->at++;
  if (accept(p, "}")) return d;
  bool is_dict = peek(p).is("**");
  Node* first = nullptr;
  if (!is_dict) {
    first = parse_star_or_named(p);
    is_dict = peek(p).is(":");
  }
  if (!is_dict) {
    d->kind = kSet;
    if (peek(p).is("for") || peek(p).is("async")) {
      d->kind = kSetComp;
      d->a = first;
      parse_comp_for(p, d);
    } else {
      d->list.push(arena, first);
      while (accept(p, ",")) {
        if (peek(p).is("}")) break;
        d->list.push(arena, parse_star_or_named(p));
      }
    }
    expect(p, "}");
    return d;
  }
  for (bool start = true;; start = false) {
    if (!start) {
      if (peek(p).is("}")) break;
      if (!peek(p).is("**")) first = parse_expression(p);
    }
    if (accept(p, "**")) {
      d->list.push(arena, nullptr);
      d->list.push(arena, parse_bit_or(p));
    } else {
      expect(p, ":");
      Node* value = parse_expression(p);
      if (start && (peek(p).is("for") || peek(p).is("async"))) {
        d->kind = kDictComp;
        d->a = first;
        d->b = value;
        parse_comp_for(p, d);
        break;
      }
      d->list.push(arena, first);
      d->list.push(arena, value);
    }
    if (!accept(p, ",")) break;
  }
  expect(p, "}");
  return d;
}

Node* parse_atom(Parser* p) {
  const Token& t = peek(p);
  if (t.kind == kString) return parse_strings(p);
  if (t.kind == kNumber) return parse_number(p);
  if (t.is("(")) return parse_group(p);
  if (t.is("[")) return parse_list_display(p);
  if (t.is("{")) return parse_brace_display(p);
  struct {
    const char* text;
    Value v;
  } const constants[] = {
      {"None", py_none}, {"True", py_true}, {"False", py_false}, {"...", py_ellipsis}};
  for (const auto& c : constants) {
    if (t.is(c.text)) {
      p->at++;
      return constant(p, c.v, t.line);
    }
  }
  if (t.kind != kName || t.keyword) parse_error(p);
  Node* n = new_node(p, kNameExpr, t.line);
  n->name = expect_name(p);
  return n;
}

Node* parse_slice_item(Parser* p) {
  int32_t line = peek(p).line;
  Node* a = nullptr;
  if (!peek(p).is(":")) {
    a = parse_star_or_named(p);
    if (!peek(p).is(":")) return a;
  }
  Node* s = new_node(p, kSlice, line);
  s->a = a;
  expect(p, ":");
  auto stops = [&] { return peek(p).is("]") || peek(p).is(",") || peek(p).is(":"); };
  if (!stops()) s->b = parse_expression(p);
  if (accept(p, ":") && !stops()) s->c = parse_expression(p);
  return s;
}

Node* parse_postfix(Parser* p) {
  if (peek(p).is("await")) parse_error(p);
  Node* n = parse_atom(p);
  for (;;) {
    const Token& t = peek(p);
    if (t.is(".")) {
      p->at++;
      Node* a = unary_node(p, kAttr, n);
      a->name = expect_name(p);
      n = a;
    } else if (t.is("(")) {
      Node* c = unary_node(p, kCall, n);
      p->at++;
      parse_arguments(p, &c->list);
      n = c;
    } else if (t.is("[")) {
      Node* s = unary_node(p, kSubscript, n);
      p->at++;
      Node* first = parse_slice_item(p);
      if (peek(p).is(",") || first->kind == kStarred) {
        Node* tuple = new_node(p, kTuple, first->line);
        tuple->list.push(p->src->arena, first);
        while (accept(p, ",")) {
          if (peek(p).is("]")) break;
          tuple->list.push(p->src->arena, parse_slice_item(p));
        }
        first = tuple;
      }
      expect(p, "]");
      s->b = first;
      n = s;
    } else {
      return n;
    }
  }
}

Node* parse_unary(Parser* p);

Node* parse_power(Parser* p) {
  Node* base = parse_postfix(p);
  if (!peek(p).is("**")) return base;
  Node* n = unary_node(p, kBinary, base);
  p->at++;
  n->op = kPow;
  n->b = parse_unary(p);
  return n;
}

Node* parse_unary(Parser* p) {
  const Token& t = peek(p);
  int op = t.is("-") ? kNeg : t.is("+") ? kPos : t.is("~") ? kInvert : -1;
  if (op < 0) return parse_power(p);
  NestingGuard::enter(p);
  p->at++;
  Node* n = new_node(p, kUnary, t.line);
  n->op = op;
  n->a = parse_unary(p);
  NestingGuard::leave(p);
  if (op == kNeg && n->a->kind == kConst &&
      (py_is_float(n->a->value) || type_of(n->a->value) == &type_int)) {
    n->kind = kConst;
    n->value = py_unary_op(kNeg, n->a->value);
  }
  return n;
}

struct Level {
  const char* text;
  BinaryOp op;
};
const Level kLevels[][6] = {
    {{"|", kOr}},
    {{"^", kXor}},
    {{"&", kAnd}},
    {{"<<", kLshift}, {">>", kRshift}},
    {{"+", kAdd}, {"-", kSub}},
    {{"*", kMul}, {"/", kTrueDiv}, {"//", kFloorDiv}, {"%", kMod}, {"@", kMatMul}},
};

Node* parse_binary(Parser* p, int level) {
  if (level == 6) return parse_unary(p);
  Node* left = parse_binary(p, level + 1);
  for (;;) {
    const Level* found = nullptr;
    for (const Level& l : kLevels[level]) {
      if (l.text && peek(p).is(l.text)) found = &l;
    }
    if (!found) return left;
    Node* n = unary_node(p, kBinary, left);
    p->at++;
    n->op = found->op;
    n->b = parse_binary(p, level + 1);
    left = n;
  }
}

int comparison(Parser* p) {
  struct {
    const char* text;
    int op;
  } const ops[] = {{"<", kLt}, {"<=", kLe}, {"==", kEq},   {"!=", kNe},
                   {">", kGt}, {">=", kGe}, {"in", kCmpIn}};
  for (const auto& o : ops) {
    if (accept(p, o.text)) return o.op;
  }
  if (peek(p).is("not") && peek(p, 1).is("in")) {
    p->at += 2;
    return kCmpNotIn;
  }
  if (accept(p, "is")) return accept(p, "not") ? kCmpIsNot : kCmpIs;
  return -1;
}

Node* parse_comparison(Parser* p) {
  Node* left = parse_binary(p, 0);
  Node* n = nullptr;
  for (int op; (op = comparison(p)) >= 0;) {
    if (!n) n = unary_node(p, kCompare, left);
    Node* step = new_node(p, kCompareStep, peek(p).line);
    step->op = op;
    step->a = parse_binary(p, 0);
    n->list.push(p->src->arena, step);
  }
  return n ? n : left;
}

Node* parse_not(Parser* p) {
  if (!peek(p).is("not")) return parse_comparison(p);
  NestingGuard::enter(p);
  Node* n = new_node(p, kNotExpr, peek(p).line);
  p->at++;
  n->a = parse_not(p);
  NestingGuard::leave(p);
  return n;
}

Node* parse_bool(Parser* p, int op) {
  auto part = [&] { return op ? parse_bool(p, 0) : parse_not(p); };
  Node* left = part();
  const char* word = op ? "or" : "and";
  if (!peek(p).is(word)) return left;
  Node* n = new_node(p, kBoolOp, left->line);
  n->op = op;
  n->list.push(p->src->arena, left);
  while (accept(p, word)) n->list.push(p->src->arena, part());
  return n;
}

Node* parse_lambda(Parser* p) {
  Node* n = new_node(p, kLambda, peek(p).line);
  p->at++;
  n->params = parse_params(p, ":", false);
  expect(p, ":");
  n->a = parse_expression(p);
  return n;
}
}  // namespace

Node* parse_bit_or(Parser* p) { return parse_binary(p, 0); }
Node* parse_or_test(Parser* p) { return parse_bool(p, 1); }
Node* parse_comp_condition(Parser* p) {
  Node* n = parse_bool(p, 1);
  if (n->kind == kNameExpr && accept(p, ":=")) {
    Node* w = unary_node(p, kWalrus, parse_expression(p));
    w->name = n->name;
    return w;
  }
  return n;
}

Node* parse_expression(Parser* p) {
  NestingGuard::enter(p);
  Node* n;
  if (peek(p).is("lambda")) {
    n = parse_lambda(p);
  } else {
    n = parse_bool(p, 1);
    if (peek(p).is("if")) {
      Node* c = unary_node(p, kIfExpr, n);
      p->at++;
      c->b = parse_bool(p, 1);
      if (!accept(p, "else")) parse_error(p, "expected 'else' after 'if' expression");
      c->c = parse_expression(p);
      n = c;
    }
  }
  NestingGuard::leave(p);
  return n;
}

Node* parse_named_expression(Parser* p) {
  Node* n = parse_expression(p);
  if (!peek(p).is(":=")) return n;
  if (n->kind != kNameExpr || n->parenthesized)
    parse_error(p, "cannot use assignment expressions with this target");
  p->at++;
  Node* w = unary_node(p, kWalrus, parse_expression(p));
  w->name = n->name;
  return w;
}

namespace {
bool ends_list(const Token& t) {
  return t.kind == kNewline || t.kind == kEnd || t.is(")") || t.is("]") || t.is("}") || t.is("=") ||
         t.is(":") || t.is(";") || t.is("in");
}
}  // namespace

Node* parse_expression_list(Parser* p) {
  if (peek(p).is("yield")) return parse_yield(p);
  int32_t line = peek(p).line;
  Node* first = parse_star_or_named(p);
  if (!peek(p).is(",")) {
    if (first->kind == kStarred && !peek(p).is("="))
      parse_error(p, "can't use starred expression here");
    return first;
  }
  Node* t = new_node(p, kTuple, line);
  t->list.push(p->src->arena, first);
  while (accept(p, ",")) {
    if (ends_list(peek(p))) break;
    t->list.push(p->src->arena, parse_star_or_named(p));
  }
  return t;
}

Node* parse_target_list(Parser* p) {
  auto one = [&]() -> Node* {
    if (peek(p).is("*")) {
      Node* s = new_node(p, kStarred, peek(p).line);
      p->at++;
      s->a = parse_bit_or(p);
      return s;
    }
    return parse_bit_or(p);
  };
  int32_t line = peek(p).line;
  Node* first = one();
  if (!peek(p).is(",")) return first;
  Node* t = new_node(p, kTuple, line);
  t->list.push(p->src->arena, first);
  while (accept(p, ",")) {
    if (ends_list(peek(p))) break;
    t->list.push(p->src->arena, one());
  }
  return t;
}

Node* parse_yield(Parser* p) {
  Node* n = new_node(p, kYield, peek(p).line);
  p->at++;
  if (accept(p, "from")) {
    n->kind = kYieldFrom;
    n->a = parse_expression(p);
  } else if (!ends_list(peek(p))) {
    n->a = parse_expression_list(p);
  }
  return n;
}

void parse_arguments(Parser* p, Vec<Node*>* out) {
  Arena* arena = p->src->arena;
  bool keyword_seen = false, unpack_seen = false;
  while (!accept(p, ")")) {
    int32_t line = peek(p).line;
    Node* n;
    if (accept(p, "**")) {
      n = new_node(p, kKeywordArg, line);
      n->a = parse_expression(p);
      keyword_seen = unpack_seen = true;
    } else if (accept(p, "*")) {
      if (unpack_seen)
        parse_error(p, "iterable argument unpacking follows keyword argument unpacking");
      n = new_node(p, kStarred, line);
      n->a = parse_expression(p);
    } else if (peek(p).kind == kName && !peek(p).keyword && peek(p, 1).is("=")) {
      n = new_node(p, kKeywordArg, line);
      n->name = expect_name(p);
      p->at++;
      n->a = parse_expression(p);
      for (Node* other : *out) {
        if (other->kind == kKeywordArg && other->name == n->name) {
          syntax_error(p->src, line, "keyword argument repeated: %S", n->name);
        }
      }
      keyword_seen = true;
    } else {
      n = parse_named_expression(p);
      if (peek(p).is("for") || peek(p).is("async")) {
        Node* g = new_node(p, kGenExpr, line);
        g->a = n;
        parse_comp_for(p, g);
        n = g;
        if (out->n || !peek(p).is(")")) {
          parse_error(p, "Generator expression must be parenthesized");
        }
      } else if (keyword_seen) {
        parse_error(p, unpack_seen ? "positional argument follows keyword argument unpacking"
                                   : "positional argument follows keyword argument");
      }
    }
    out->push(arena, n);
    if (!accept(p, ",") && !peek(p).is(")")) parse_error(p);
  }
}
