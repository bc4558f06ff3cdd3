class CM:
    def __init__(self, name, swallow=False):
        self.name, self.swallow = name, swallow
    def __enter__(self):
        print("enter", self.name)
        return self.name.upper()
    def __exit__(self, t, v, tb):
        print("exit", self.name, t.__name__ if t else None, v)
        return self.swallow
with CM("a") as a:
    print("body", a)
with CM("b"), CM("c") as c:
    print("body", c)
with CM("d", True):
    raise ValueError("swallowed")
print("after")
try:
    with CM("e"):
        raise KeyError("k")
except KeyError as e:
    print("caught", e)
def f():
    with CM("f"):
        return "ret"
print(f())
for i in range(3):
    with CM(str(i)):
        if i == 0:
            continue
        if i == 1:
            break
with (CM("p") as p, CM("q") as q):
    print(p, q)
try:
    with 5:
        pass
except TypeError as e:
    print(e)
def gen():
    with CM("g"):
        yield 1
        yield 2
print(list(gen()))
g = gen()
next(g)
g.close()
with CM("outer", True):
    with CM("inner"):
        1 / 0
print("end")
