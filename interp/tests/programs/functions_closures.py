def counter():
    n = 0
    def inc(by=1):
        nonlocal n
        n += by
        return n
    def get():
        return n
    return inc, get
inc, get = counter()
inc(); inc(5)
print(get())
inc2, get2 = counter()
print(get2(), inc2())
fs = [lambda: i for i in range(3)]
print([f() for f in fs])
fs = [lambda i=i: i for i in range(3)]
print([f() for f in fs])
def outer(x):
    def middle():
        def inner():
            return x * 2
        return inner
    x += 1
    return middle()
print(outer(5)())
def compose(*fns):
    def run(v):
        for f in fns:
            v = f(v)
        return v
    return run
print(compose(lambda x: x + 1, lambda x: x * 10)(4))
def make_adders():
    adders = []
    for n in range(3):
        def add(x, n=n):
            return x + n
        adders.append(add)
    return adders
print([a(10) for a in make_adders()])
def unbound():
    def inner():
        return later
    try:
        inner()
    except NameError as e:
        print(e)
    later = 5
    return inner()
print(unbound())
def fact(n):
    return 1 if n < 2 else n * fact(n - 1)
print(fact(20), fact(30))
