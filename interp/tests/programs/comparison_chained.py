def f(x):
    print("f", x)
    return x
print(1 < 2 < 3, 1 < 3 < 2, f(1) < f(2) < f(3), f(3) < f(2) < f(1))
print(1 == 1 != 2, 1 < 2 > 1, 0 <= 5 <= 9 <= 9)
print("a" < "b", "abc" < "abd", "Z" < "a", "" < "a", [1, 2] < [1, 3], (1,) < (1, 0), [1] == [1.0], (1, 2) != (1, 2))
print(1 in [1, 2], 3 not in (1, 2), "b" in "abc", "x" not in "abc", 2 in {2: 1}, 2 in {1, 2}, 5 in range(0, 10, 5))
a = b = []
print(a is b, a is not [], None is None, a == [])
x = 5
print(1 < x < 10 and x != 7)
