def deco(f):
    def wrapper(*a, **k):
        print("before", f.__name__)
        r = f(*a, **k)
        print("after")
        return r
    return wrapper
@deco
def add(a, b=1):
    return a + b
print(add(1), add(1, b=5))
def repeat(n):
    def d(f):
        def w(*a):
            return [f(*a) for _ in range(n)]
        return w
    return d
@repeat(3)
@repeat(2)
def hi(x):
    return x
print(hi("a"))
def tag(cls):
    cls.tagged = True
    return cls
@tag
class T:
    pass
print(T.tagged, T().tagged)
class Memo:
    def __init__(self, f):
        self.f, self.cache = f, {}
    def __call__(self, n):
        if n not in self.cache:
            self.cache[n] = self.f(n)
        return self.cache[n]
@Memo
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)
print(fib(60), len(fib.cache))
def f():
    pass
f.attr = 5
print(f.attr, hasattr(f, "nope"), f.__dict__)
