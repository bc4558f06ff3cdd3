// Source text to tokens, with INDENT and DEDENT.
#pragma once
#include "compile/arena.h"
#include "vm/objects.h"

enum TokenKind : uint8_t { kEnd, kNewline, kIndent, kDedent, kName, kNumber, kString, kOperator };

struct Token {
  TokenKind kind;
  bool keyword;
  bool raw, formatted;  // of strings; text excludes the quotes
  const char* text;
  uint32_t n;
  int32_t line;
  bool is(const char* s) const;  // an operator or keyword with this text
};

struct Source {
  Arena* arena;
  const char* filename;
};

[[noreturn]] void syntax_error(const Source* src, int32_t line, const char* message, ...);
[[noreturn]] void not_implemented(const Source* src, int32_t line, const char* what);

// With `expression` set, newlines are ignored (the inside of a replacement field).
Vec<Token> lex(const Source* src, const char* text, size_t n, int32_t first_line, bool expression);
