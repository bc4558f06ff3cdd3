# ERROR: SyntaxError: f-string: expecting '}'
x = f"{1"
