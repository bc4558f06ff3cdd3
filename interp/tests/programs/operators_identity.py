a = [1]
b = a
c = [1]
print(a is b, a is c, a == c, a is not c, None is None, True is True, () == ())
x = None
print(x is None, x is not None, x == None)
def f(v=None):
    return "none" if v is None else v
print(f(), f(0), f([]))
print(id(a) == id(b), id(a) == id(c), type(a) is type(c), a.__class__ is list)
