# ERROR: Traceback (most recent call last):
def f():
    raise KeyError("k")
f()
