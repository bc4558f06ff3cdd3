f = lambda: 1
g = lambda x, *a, k=2, **kw: (x, a, k, kw)
print(f(), g(1), g(1, 2, k=3, z=4), (lambda a, b=1: a - b)(5), [f(3) for f in (lambda x: x + 1, lambda x: x * 2)])
print((lambda x: (lambda y: x + y))(1)(2), sorted([3, 1], key=lambda v: v), (lambda: (yield_ := 3))())
ops = {"+": lambda a, b: a + b, "-": lambda a, b: a - b}
print(ops["+"](2, 3), ops["-"](2, 3), (lambda x: "pos" if x > 0 else "neg")(-1))
