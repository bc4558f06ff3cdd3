# ERROR: SyntaxError: unmatched ')'
x = 1)
