# ERROR: SyntaxError: invalid syntax
x = = 3
