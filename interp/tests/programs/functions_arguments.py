def f(a, b=2, *args, c, d=4, **kw):
    return (a, b, args, c, d, sorted(kw.items()))
print(f(1, c=3), f(1, 5, c=3), f(1, 5, 6, 7, c=3, e=9, d=0), f(*[1, 2, 3], **{"c": 4, "z": 1}), f(c=1, a=0))
def g(*args, **kw):
    return args, kw
print(g(), g(1, 2), g(x=1), g(*"ab", *[1], k=1, **{"m": 2}), g(*(), **{}))
def h(x, y=[]):
    y.append(x)
    return y
print(h(1), h(2), h(3, []))
def k(*, only=1):
    return only
print(k(), k(only=5), (lambda x, y=2, *z, w=3: (x, y, z, w))(1, w=9))
def attempt(fn):
    try:
        print(fn())
    except TypeError as e:
        print("TypeError", e)
attempt(lambda: f())
attempt(lambda: f(1))
attempt(lambda: f(1, c=1, a=2))
attempt(lambda: k(1))
attempt(lambda: k(bad=1))
attempt(lambda: h())
attempt(lambda: h(1, 2, 3))
attempt(lambda: (lambda: 0)(1))
attempt(lambda: (lambda a, b, c: 0)())
attempt(lambda: (lambda a, b, c: 0)(1))
attempt(lambda: g(**{1: 2}))
attempt(lambda: g(**{"a": 1}, **{"a": 2}))
attempt(lambda: f(*5))
def two(a, *, b, c):
    pass
attempt(lambda: two(1))
attempt(lambda: len())
attempt(lambda: len(1, 2))
attempt(lambda: print(foo=1))
print(f.__name__, g.__qualname__, (lambda: 0).__name__)
