# ERROR: IndentationError: expected an indented block after 'if' statement
if 1:
x = 2
