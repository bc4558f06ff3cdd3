def count(n):
    i = 0
    while i < n:
        yield i
        i += 1
print(list(count(4)), sum(count(5)), [x * 2 for x in count(3)], max(count(3)))
g = count(2)
print(next(g), next(g), next(g, "done"))
try:
    next(g)
except StopIteration:
    print("stopped")
def fib():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b
f = fib()
print([next(f) for _ in range(10)])
def ret():
    yield 1
    return "value"
r = ret()
next(r)
try:
    next(r)
except StopIteration as e:
    print(e.value, e.args)
def empty():
    return
    yield
print(list(empty()))
def multi():
    for i in range(2):
        for j in range(2):
            yield i, j
print(dict(multi()), list(zip(count(3), count(5))), list(enumerate(count(2))), "".join(str(i) for i in count(5)))
a, *b = count(4)
print(a, b, 2 in count(5), sorted(count(3), reverse=True), list(map(str, count(2))), tuple(count(2)), type(count(1)).__name__)
def exc():
    yield 1
    raise ValueError("in gen")
try:
    for x in exc():
        print(x)
except ValueError as e:
    print(e)
def take(n, it):
    for _, v in zip(range(n), it):
        yield v
print(list(take(5, (x * x for x in fib()))))
