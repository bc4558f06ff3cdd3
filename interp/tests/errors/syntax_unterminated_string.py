# ERROR: SyntaxError: unterminated string literal
x = "abc
