a, b, c = 1, 2, 3
del a
del (b, c)
try:
    a
except NameError as e:
    print(e)
l = [0, 1, 2, 3, 4]
del l[0], l[-1]
print(l)
d = {"x": 1, "y": 2}
del d["x"]
print(d)
class C:
    pass
o = C()
o.v = 1
del o.v
print(hasattr(o, "v"))
del [l[0]]
print(l)
def f():
    x = 1
    def g():
        return x
    del x
    try:
        g()
    except NameError as e:
        print(e)
f()
