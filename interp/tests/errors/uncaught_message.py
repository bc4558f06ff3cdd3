# ERROR: KeyError: 'k'
def f():
    raise KeyError("k")
f()
