print([x * x for x in range(5)], [x for x in range(10) if x % 2 if x > 3], [(x, y) for x in range(3) for y in range(x)], {x % 3 for x in range(9)} == {0, 1, 2}, {k: v for k, v in zip("ab", [1, 2])})
print([[j * i for j in range(3)] for i in range(3)], [x for sub in [[1, 2], [3]] for x in sub], sum(x for x in range(5)), list(x + 1 for x in range(3)), "".join(c.upper() for c in "abc"))
x = "outer"
print([x for x in range(3)], x)
n = 3
print([n * i for i in range(n)], {i: [j for j in range(i)] for i in range(3)}, [a + b for a, b in [(1, 2), (3, 4)]], [y for x in [1, 2] if (y := x * 10) > 5], y)
def f(k):
    return [k + i for i in range(2) if i != k]
print(f(1), f(5), [lambda: i for i in range(2)][0](), [*[1 for _ in range(2)]], any(i == 3 for i in range(5)))
class C:
    items = [1, 2, 3]
    double = [i * 2 for i in items]
print(C.double)
g = (i for i in range(3))
print(next(g), list(g), list(g))
try:
    [1 // i for i in (1, 0)]
except ZeroDivisionError:
    print("zero")
print([(i, j) for i in range(2) for j in "ab" if i or j == "b"], {(i, i) for i in range(2)} == {(0, 0), (1, 1)}, [a for a, *b in [(1, 2, 3)]], [i if i else "z" for i in range(2)])
