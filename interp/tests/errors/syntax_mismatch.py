# ERROR: SyntaxError: closing parenthesis ']' does not match opening parenthesis '('
x = (1]
