def f(*a, **k):
    return a, sorted(k.items())
a = [1, 2]
print(f(*a, 3, *a), f(*a, **{"x": 1}, y=2), [*a, *a], (*a,), {*a} == {1, 2}, {**{"a": 1}, **{"b": 2}}, f(*range(3)), f(*(i for i in "ab")))
first, *_ = a
*b, c = range(4)
[d, *e] = "xyz"
print(first, b, c, d, e)
for x, *y in [(1, 2, 3), (4,)]:
    print(x, y)
print(max(*a, 7), print(*a, sep="-"), list(zip(*[[1, 2], [3, 4]])))
def g():
    return *a, 9
print(g())
