# ERROR: NotImplementedError: a positional-only parameter is not supported
def f(a, /, b):
    pass
