// String literals: escapes, adjacent literals, and the replacement fields of f-strings.
#include <cstring>

#include "compile/parser.h"
#include "vm/runtime.h"

namespace {
struct Pieces {
  Parser* p;
  int32_t line;
  Vec<Node*> list;  // kConst and kFormatted
  BufObj* text;     // literal text not yet in the list
};

void flush(Pieces* s) {
  if (s->text->n == 0) return;
  Node* n = new_node(s->p, kConst, s->line);
  n->value = val(buf_finish(s->text));
  s->list.push(s->p->src->arena, n);
  s->text = py_new_buf();
}

int hex_digit(char c) {
  return c >= '0' && c <= '9'                 ? c - '0'
         : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
                                              : -1;
}

// Decodes the escape at q (after the backslash) and returns the position behind it.
const char* escape(Pieces* s, const char* q, const char* end) {
  static const char from[] = "\\'\"abfnrtv";
  static const char to[] = "\\'\"\a\b\f\n\r\t\v";
  if (const char* found = *q ? std::strchr(from, *q) : nullptr) {
    buf_char(s->text, to[found - from]);
    return q + 1;
  }
  if (*q == '\n') return q + 1;
  if (*q >= '0' && *q <= '7') {
    uint32_t c = 0;
    for (int i = 0; i < 3 && q < end && *q >= '0' && *q <= '7'; i++)
      c = c * 8 + static_cast<uint32_t>(*q++ - '0');
    buf_repeat(s->text, c, 1);
    return q;
  }
  int digits = *q == 'x' ? 2 : *q == 'u' ? 4 : *q == 'U' ? 8 : 0;
  if (digits) {
    uint32_t c = 0;
    q++;
    for (int i = 0; i < digits; i++, q++) {
      if (q >= end || hex_digit(*q) < 0) {
        syntax_error(s->p->src, s->line,
                     "(unicode error) 'unicodeescape' codec can't decode bytes: truncated escape");
      }
      c = c * 16 + static_cast<uint32_t>(hex_digit(*q));
    }
    if (c > 0x10ffff) syntax_error(s->p->src, s->line, "(unicode error) illegal Unicode character");
    if (c >= 0xd800 && c <= 0xdfff) not_implemented(s->p->src, s->line, "a lone surrogate");
    buf_repeat(s->text, c, 1);
    return q;
  }
  if (*q == 'N') not_implemented(s->p->src, s->line, "\\N{...}");
  buf_char(s->text, '\\');  // unknown escapes stay as they are
  return q;
}

void add_fstring(Pieces* s, const Token& t, const char* q, const char* end, int depth);

// Finds the end of the expression that starts at q: a '!', ':', '=' or '}' outside brackets.
const char* expression_end(Pieces* s, const char* q, const char* end) {
  int nesting = 0;
  char quote = 0;
  for (; q < end; q++) {
    if (quote) {
      if (*q == quote) quote = 0;
      continue;
    }
    if (*q == '\'' || *q == '"') {
      quote = *q;
    } else if (*q == '(' || *q == '[' || *q == '{') {
      nesting++;
    } else if (nesting && (*q == ')' || *q == ']' || *q == '}')) {
      nesting--;
    } else if (*q == '\\') {
      syntax_error(s->p->src, s->line, "f-string expression part cannot include a backslash");
    } else if (*q == '#') {
      syntax_error(s->p->src, s->line, "f-string expression part cannot include '#'");
    } else if (!nesting) {
      if (*q == '}' || *q == ':') return q;
      if (*q == '!' && (q + 1 >= end || q[1] != '=')) return q;
      if (*q == '=' && (q + 1 >= end || q[1] != '=') && !std::strchr("=!<>", q[-1])) return q;
      if (*q == '=' && q + 1 < end && q[1] == '=') q++;
    }
  }
  syntax_error(s->p->src, s->line, "f-string: expecting '}'");
}

const char* add_field(Pieces* s, const Token& t, const char* q, const char* end, int depth) {
  if (depth > 3) syntax_error(s->p->src, s->line, "f-string: expressions nested too deeply");
  const char* start = q;
  q = expression_end(s, q, end);
  Parser inner = {s->p->src, {}, 0, s->p->depth};
  auto length = static_cast<size_t>(q - start);
  bool blank = true;
  for (const char* r = start; r < q; r++) blank = blank && (*r == ' ' || *r == '\n' || *r == '\t');
  if (blank) syntax_error(s->p->src, s->line, "f-string: empty expression not allowed");
  inner.tokens = lex(s->p->src, start, length, s->line, true);
  Node* f = new_node(s->p, kFormatted, s->line);
  NestingGuard::enter(&inner);
  f->a = parse_expression_list(&inner);
  if (inner.tokens[inner.at].kind != kEnd)
    syntax_error(s->p->src, s->line, "f-string: invalid syntax");
  bool debug = q < end && *q == '=';
  if (debug) {
    q++;
    while (q < end && *q == ' ') q++;
    buf_add(s->text, start, static_cast<size_t>(q - start));
  }
  if (q < end && *q == '!') {
    char c = q + 1 < end ? q[1] : 0;
    f->op = c == 's' ? 1 : c == 'r' ? 2 : 0;
    if (c == 'a') not_implemented(s->p->src, s->line, "!a");
    if (!f->op)
      syntax_error(s->p->src, s->line,
                   "f-string: invalid conversion character: expected 's', 'r', or 'a'");
    q += 2;
  }
  if (q < end && *q == ':') {
    const char* spec = ++q;
    int nesting = 0;
    for (; q < end && (nesting || *q != '}'); q++) nesting += *q == '{' ? 1 : *q == '}' ? -1 : 0;
    Pieces inside = {s->p, s->line, {}, py_new_buf()};
    add_fstring(&inside, t, spec, q, depth + 1);
    flush(&inside);
    f->b = new_node(s->p, kFString, s->line);
    f->b->list = inside.list;
  } else if (debug && !f->op) {
    f->op = 2;
  }
  if (q >= end || *q != '}') syntax_error(s->p->src, s->line, "f-string: expecting '}'");
  flush(s);
  s->list.push(s->p->src->arena, f);
  return q + 1;
}

void add_fstring(Pieces* s, const Token& t, const char* q, const char* end, int depth) {
  while (q < end) {
    if (*q == '{' && q + 1 < end && q[1] == '{' && depth == 0) {
      buf_char(s->text, '{');
      q += 2;
    } else if (*q == '}' && depth == 0) {
      if (q + 1 >= end || q[1] != '}') {
        syntax_error(s->p->src, s->line, "f-string: single '}' is not allowed");
      }
      buf_char(s->text, '}');
      q += 2;
    } else if (*q == '{') {
      q = add_field(s, t, q + 1, end, depth + 1);
    } else if (*q == '\\' && !t.raw && q + 1 < end) {
      q = escape(s, q + 1, end);
    } else {
      buf_char(s->text, *q++);
    }
  }
}
}  // namespace

Node* parse_strings(Parser* p) {
  Pieces s = {p, peek(p).line, {}, py_new_buf()};
  bool formatted = false;
  for (; peek(p).kind == kString; p->at++) {
    const Token& t = peek(p);
    const char* q = t.text;
    const char* end = q + t.n;
    formatted = formatted || t.formatted;
    if (t.formatted) {
      add_fstring(&s, t, q, end, 0);
      continue;
    }
    while (q < end) {
      if (*q == '\\' && !t.raw && q + 1 < end) {
        q = escape(&s, q + 1, end);
      } else if (*q == '\r' && q + 1 < end && q[1] == '\n') {
        q++;
      } else {
        buf_char(s.text, *q++);
      }
    }
  }
  if (!formatted) {
    Node* n = new_node(p, kConst, s.line);
    n->value = s.text->n < 40 ? val(py_intern(s.text->data ? s.text->data : "", s.text->n))
                              : val(buf_finish(s.text));
    return n;
  }
  flush(&s);
  Node* n = new_node(p, kFString, s.line);
  n->list = s.list;
  return n;
}
