t = (1, "a", 2.5)
print(t, t[0], t[-1], t[1:], len(t), (), (1,), (1, 2) + (3,), (0,) * 3, 1 in t, t.index("a"), t.count(1))
a, b, c = t
print(a, b, c, tuple([1, 2]), tuple("ab"), tuple(), (1, 2) == (1, 2), (1, 2) < (1, 3), hash((1, 2)) == hash((1, 2)))
d = {(1, 2): "x", (): "empty"}
print(d[1, 2], d[()], d[(1, 2)])
x = 1,
y = 1, 2
print(x, y, (1, (2, (3,))), ((),))
for p, q in ((1, 2), (3, 4)):
    print(p + q)
try:
    t[0] = 5
except TypeError as e:
    print(e)
try:
    print(t[9])
except IndexError as e:
    print(e)
try:
    hash((1, []))
except TypeError as e:
    print(e)
t += (4,)
print(t)
