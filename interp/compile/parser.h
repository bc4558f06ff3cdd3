// What the two halves of the parser share.
#pragma once
#include "compile/ast.h"

struct Parser {
  const Source* src;
  Vec<Token> tokens;
  uint32_t at;
  int depth;
};

inline const Token& peek(Parser* p, uint32_t ahead = 0) {
  uint32_t i = p->at + ahead;
  return p->tokens[i < p->tokens.n ? i : p->tokens.n - 1];
}
bool accept(Parser* p, const char* text);
void expect(Parser* p, const char* text);
[[noreturn]] void parse_error(Parser* p, const char* message = nullptr);
StrObj* expect_name(Parser* p);
Node* new_node(Parser* p, NodeKind kind, int32_t line);
Node* unary_node(Parser* p, NodeKind kind, Node* a);

Node* parse_expression(Parser* p);        // one expression, no tuple without parentheses
Node* parse_named_expression(Parser* p);  // also allows :=
Node* parse_expression_list(Parser* p);   // a tuple where there are commas; allows *x
Node* parse_target_list(Parser* p);       // of for: stops before `in`
Params* parse_params(Parser* p, const char* close, bool annotations);
void parse_arguments(Parser* p, Vec<Node*>* out);  // after "(", up to and with ")"
Node* parse_yield(Parser* p);
Node* parse_bit_or(Parser* p);
Node* parse_strings(Parser* p);
void check_target(Parser* p, Node* n, const char* verb);  // raises if not assignable

struct NestingGuard {  // trivially destructible: leaving by longjmp skips nothing that matters
  static void enter(Parser* p);
  static void leave(Parser* p) { p->depth--; }
};
