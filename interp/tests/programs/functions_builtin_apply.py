print(list(map(lambda x: x * 2, [1, 2])), list(map(lambda a, b: a + b, [1, 2, 3], [10, 20])), list(filter(None, [0, 1, "", "a"])), list(filter(lambda x: x % 2, range(6))))
print(list(zip("ab", [1, 2, 3])), list(zip()), list(zip([1])), dict(zip("ab", range(2))), list(zip(*[(1, 2), (3, 4)])))
print(list(enumerate("ab")), list(enumerate("ab", 5)), list(enumerate(["x"], start=-1)), list(reversed([1, 2])), list(map(str, range(3))), list(map(int, "123")))
print(sum(map(len, ["a", "bb"])), max(map(abs, [-5, 3])), sorted(map(lambda x: -x, range(3))), any(map(bool, [0, 1])))
it = iter([1, 2, 3])
print(next(it), list(it), next(it, "default"))
try:
    next(it)
except StopIteration as e:
    print("stop", e.args)
m = map(lambda x: 1 // x, [1, 0])
print(next(m))
try:
    next(m)
except ZeroDivisionError as e:
    print(e)
print(list(zip([1, 2], [3, 4], strict=True)))
try:
    list(zip([1, 2], [3], strict=True))
except ValueError as e:
    print(e)
vals = iter([3, 2, 1, 0, 5])
print(list(iter(lambda: next(vals), 0)), min(3, 1, 2, key=lambda x: -x), max("apple", "fig", key=len), max([], default="none"), min([1, 2], default=5))
print(callable(len), callable(5), callable(lambda: 0), callable(int), isinstance(5, (str, int)), isinstance("a", str), issubclass(bool, int), type(5), type("a"), type(None), type(print), type([]) is list)
print(abs(-3), pow(2, 5), round(2.567, 1), divmod(17, 5), hex(255), bin(5), oct(8), ord("a"), chr(98), hash(5), id(5) == id(5), repr("x"), len(range(10)))
