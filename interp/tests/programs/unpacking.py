a, b = 1, 2
a, b = b, a
print(a, b)
(c, d), e = (3, 4), 5
[f, g] = [6, 7]
print(c, d, e, f, g)
first, *rest = [1, 2, 3]
*init, last = "abc"
x, *mid, y = range(6)
print(first, rest, init, last, x, mid, y)
h, *i = (9,)
print(h, i)
j = k = l = 0
print(j, k, l)
for n, (p, q) in [(1, (2, 3)), (4, (5, 6))]:
    print(n, p, q)
print([*range(3), *"ab"], (*[1], 2), {*[1, 2]} == {1, 2}, {**{"a": 1}})
def attempt(fn):
    try:
        fn()
    except Exception as e:
        print(type(e).__name__, e)
def one():
    a, b = [1]
def two():
    a, b = [1, 2, 3]
def three():
    a, *b, c = [1]
def four():
    a, b = 5
def five():
    a, b = iter([1, 2, 3])
def six():
    a, b, c = "xy"
for t in (one, two, three, four, five, six):
    attempt(t)
data = [1, 2, 3]
i = 0
i, data[i] = 2, 99
print(i, data)
