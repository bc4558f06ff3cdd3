// See lexer.h.
#include "compile/lexer.h"

#include <cstdarg>
#include <cstring>

#include "vm/runtime.h"

bool Token::is(const char* s) const {
  return (kind == kOperator || keyword) && std::strlen(s) == n && std::memcmp(text, s, n) == 0;
}

void syntax_error(const Source* src, int32_t line, const char* message, ...) {
  BufObj* b = py_new_buf();
  va_list args;
  va_start(args, message);
  buf_vformat(b, message, args);
  va_end(args);
  buf_cstr(b, " (");
  buf_cstr(b, src->filename);
  buf_cstr(b, ", line ");
  buf_int(b, line);
  buf_char(b, ')');
  bool indent = std::strstr(message, "indent") != nullptr;
  py_raise_value(indent ? &exc_IndentationError : &exc_SyntaxError, val(buf_finish(b)));
}

void not_implemented(const Source* src, int32_t line, const char* what) {
  py_raise(&exc_NotImplementedError, "%s is not supported (%s, line %d)", what, src->filename,
           static_cast<int>(line));
}

namespace {
const char* const kKeywords[] = {
    "False", "None",     "True",  "and",    "as",   "assert", "async",  "await",    "break",
    "class", "continue", "def",   "del",    "elif", "else",   "except", "finally",  "for",
    "from",  "global",   "if",    "import", "in",   "is",     "lambda", "nonlocal", "not",
    "or",    "pass",     "raise", "return", "try",  "while",  "with",   "yield"};

const char* const kOperators[] = {  // longest first
    "**=", "//=", ">>=", "<<=", "...", "!=", "**", "//", ">>", "<<", "<=", ">=",
    "==",  "->",  "+=",  "-=",  "*=",  "/=", "%=", "&=", "|=", "^=", "@=", ":=",
    "+",   "-",   "*",   "/",   "%",   "&",  "|",  "^",  "~",  "<",  ">",  "(",
    ")",   "[",   "]",   "{",   "}",   ",",  ":",  ".",  ";",  "=",  "@"};

struct Lexer {
  const Source* src;
  const char* p;
  const char* end;
  int32_t line;
  int depth;  // of brackets
  bool expression;
  Vec<Token> out;
  Vec<int> indents;
  Vec<char> brackets;

  void add(TokenKind kind, const char* text, size_t n) {
    Token t = {};
    t.kind = kind;
    t.text = text;
    t.n = static_cast<uint32_t>(n);
    t.line = line;
    out.push(src->arena, t);
  }
};

bool name_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80);
}
bool digit(char c) { return c >= '0' && c <= '9'; }

void lex_indent(Lexer* l) {
  for (;;) {  // skip blank lines
    const char* start = l->p;
    int column = 0;
    while (l->p < l->end && (*l->p == ' ' || *l->p == '\t' || *l->p == '\f')) {
      column = *l->p == '\t' ? (column / 8 + 1) * 8 : *l->p == '\f' ? 0 : column + 1;
      l->p++;
    }
    if (l->p < l->end && *l->p == '#') {
      while (l->p < l->end && *l->p != '\n') l->p++;
    }
    if (l->p < l->end && *l->p == '\r') l->p++;
    if (l->p < l->end && *l->p == '\n') {
      l->p++;
      l->line++;
      continue;
    }
    if (l->p == l->end) return;
    if (column > l->indents.back()) {
      if (l->indents.n >= 100) syntax_error(l->src, l->line, "too many levels of indentation");
      l->indents.push(l->src->arena, column);
      l->add(kIndent, start, 0);
      return;
    }
    while (column < l->indents.back()) {
      l->indents.n--;
      l->add(kDedent, l->p, 0);
    }
    if (column != l->indents.back()) {
      syntax_error(l->src, l->line, "unindent does not match any outer indentation level");
    }
    return;
  }
}

void lex_string(Lexer* l, const char* prefix) {
  bool raw = false, formatted = false;
  for (const char* q = prefix; q < l->p; q++) {
    char c = static_cast<char>(*q | 0x20);
    if (c == 'b') not_implemented(l->src, l->line, "bytes");
    raw = raw || c == 'r';
    formatted = formatted || c == 'f';
  }
  char quote = *l->p;
  int32_t first_line = l->line;
  bool triple = l->end - l->p >= 3 && l->p[1] == quote && l->p[2] == quote;
  l->p += triple ? 3 : 1;
  const char* start = l->p;
  for (;;) {
    if (l->p >= l->end || (*l->p == '\n' && !triple)) {
      if (triple) {
        syntax_error(l->src, first_line,
                     "unterminated triple-quoted string literal (detected at line %d)",
                     static_cast<int>(l->line));
      }
      syntax_error(l->src, first_line, "unterminated string literal (detected at line %d)",
                   static_cast<int>(l->line));
    }
    if (*l->p == '\\' && l->p + 1 < l->end) {
      if (l->p[1] == '\n') l->line++;
      l->p += 2;
      continue;
    }
    if (*l->p == '\n') l->line++;
    if (*l->p == quote &&
        (!triple || (l->end - l->p >= 3 && l->p[1] == quote && l->p[2] == quote))) {
      break;
    }
    l->p++;
  }
  int32_t last_line = l->line;
  l->line = first_line;
  l->add(kString, start, static_cast<size_t>(l->p - start));
  l->line = last_line;
  l->out.back().raw = raw;
  l->out.back().formatted = formatted;
  l->p += triple ? 3 : 1;
}

void lex_number(Lexer* l) {
  const char* start = l->p;
  bool prefixed = *l->p == '0' && l->end - l->p > 1 && std::strchr("xXoObB", l->p[1]);
  if (prefixed) l->p += 2;
  while (l->p < l->end) {
    char c = *l->p;
    bool exponent_sign =
        !prefixed && (c == '+' || c == '-') && (l->p[-1] == 'e' || l->p[-1] == 'E');
    bool part = digit(c) || c == '_' || (c == '.' && !prefixed) || exponent_sign ||
                (prefixed && std::strchr("abcdefABCDEF", c)) ||
                (!prefixed && (c == 'e' || c == 'E'));
    if (!part) break;
    l->p++;
  }
  if (l->p < l->end && (*l->p == 'j' || *l->p == 'J')) {
    not_implemented(l->src, l->line, "a complex number");
  }
  size_t n = static_cast<size_t>(l->p - start);
  // "1if x" and "1or 2" are legal; give back an exponent letter that begins a word.
  if (!prefixed && n > 1 && (start[n - 1] == 'e' || start[n - 1] == 'E')) {
    l->p--;
    n--;
  }
  l->add(kNumber, start, n);
}

void lex_token(Lexer* l) {
  char c = *l->p;
  const char* start = l->p;
  if (name_start(c)) {
    while (l->p < l->end && (name_start(*l->p) || digit(*l->p))) l->p++;
    auto n = static_cast<size_t>(l->p - start);
    if (l->p < l->end && (*l->p == '"' || *l->p == '\'') && n <= 2) {
      bool prefix = true;
      for (size_t i = 0; i < n; i++) prefix = prefix && std::strchr("rRbBfFuU", start[i]);
      if (prefix) return lex_string(l, start);
    }
    l->add(kName, start, n);
    for (const char* k : kKeywords) {
      if (std::strlen(k) == n && !std::memcmp(k, start, n)) l->out.back().keyword = true;
    }
    return;
  }
  if (digit(c) || (c == '.' && l->end - l->p > 1 && digit(l->p[1]))) return lex_number(l);
  if (c == '"' || c == '\'') return lex_string(l, l->p);
  for (const char* op : kOperators) {
    size_t n = std::strlen(op);
    if (static_cast<size_t>(l->end - l->p) < n || std::memcmp(l->p, op, n)) continue;
    if (n == 1 && std::strchr("([{", c)) {
      l->depth++;
      if (l->depth > 100) syntax_error(l->src, l->line, "too many nested parentheses");
      l->brackets.push(l->src->arena, c);
    }
    if (n == 1 && std::strchr(")]}", c)) {
      char open = c == ')' ? '(' : c == ']' ? '[' : '{';
      char text[2] = {c, 0}, other[2] = {0, 0};
      if (l->brackets.n == 0) syntax_error(l->src, l->line, "unmatched '%s'", text);
      other[0] = l->brackets.back();
      if (other[0] != open) {
        syntax_error(l->src, l->line,
                     "closing parenthesis '%s' does not match opening parenthesis '%s'", text,
                     other);
      }
      l->brackets.n--;
      l->depth--;
    }
    l->add(kOperator, l->p, n);
    l->p += n;
    return;
  }
  char text[2] = {c, 0};
  if (c == '!' || c == '$' || c == '?' || c == '`')
    syntax_error(l->src, l->line, "invalid syntax at '%s'", text);
  syntax_error(l->src, l->line, "invalid character '%s'", text);
}
}  // namespace

Vec<Token> lex(const Source* src, const char* text, size_t n, int32_t first_line, bool expression) {
  Lexer l = {};
  l.src = src;
  l.p = text;
  l.end = text + n;
  l.line = first_line;
  l.expression = expression;
  l.indents.push(src->arena, 0);
  if (!expression && n >= 3 && !std::memcmp(text, "\xef\xbb\xbf", 3)) l.p += 3;
  if (!expression) lex_indent(&l);
  while (l.p < l.end) {
    char c = *l.p;
    if (c == ' ' || c == '\t' || c == '\f' || c == '\r') {
      l.p++;
    } else if (c == '#') {
      while (l.p < l.end && *l.p != '\n') l.p++;
    } else if (c == '\\' && l.p + 1 < l.end && (l.p[1] == '\n' || l.p[1] == '\r')) {
      l.p += l.p[1] == '\r' ? 3 : 2;
      l.line++;
    } else if (c == '\\') {
      syntax_error(src, l.line, "unexpected character after line continuation character");
    } else if (c == '\n') {
      l.p++;
      if (l.depth == 0 && !expression) {
        l.add(kNewline, l.p, 0);
        l.line++;
        lex_indent(&l);
      } else {
        l.line++;
      }
    } else if (c == 0) {
      syntax_error(src, l.line, "source code cannot contain null bytes");
    } else {
      lex_token(&l);
    }
  }
  if (l.brackets.n) {
    char open[2] = {l.brackets.back(), 0};
    syntax_error(src, l.line, "'%s' was never closed", open);
  }
  if (!expression) {
    if (l.out.n && l.out.back().kind != kNewline) l.add(kNewline, l.p, 0);
    while (l.indents.n > 1) {
      l.indents.n--;
      l.add(kDedent, l.p, 0);
    }
  }
  l.add(kEnd, l.p, 0);
  return l.out;
}
