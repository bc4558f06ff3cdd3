print(range(5), range(1, 5), range(0, 10, 2), list(range(5)), list(range(5, 0, -1)), list(range(0, 10, 3)), list(range(5, 5)), list(range(3, 0)))
r = range(10, 50, 5)
print(len(r), r[0], r[-1], r[2], r[1:3], r[::-1], 25 in r, 26 in r, r.index(20), r.count(15), r.start, r.stop, r.step)
print(range(0) == range(2, 1), range(0, 3, 2) == range(0, 4, 2), list(reversed(range(4))), sum(range(101)), max(range(5)), bool(range(0)))
print(list(range(10 ** 20, 10 ** 20 + 3)), len(range(-5, 5)), list(range(-3, 3)), range(10 ** 30)[10 ** 18], 5 in range(10 ** 30))
for i in range(2):
    for j in range(i, 3):
        print(i, j, end=" ")
print()
for bad in (lambda: range(1, 2, 0), lambda: range("a"), lambda: range(), lambda: range(5)[9], lambda: range(1.5), lambda: range(3).index(7)):
    try:
        bad()
    except Exception as e:
        print(type(e).__name__, e)
