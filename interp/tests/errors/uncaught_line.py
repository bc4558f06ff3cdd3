# ERROR: line 4, in f
def f():
    x = 1
    return x / 0
f()
