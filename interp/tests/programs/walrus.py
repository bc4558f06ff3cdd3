if (n := len([1, 2, 3])) > 2:
    print(n)
data = iter([1, 2, 3, 0, 4])
while (v := next(data)):
    print(v)
print([last := i for i in range(3)], last, (a := 5) + a, f"{(b := 7)}", b)
def f():
    if any((found := x) > 3 for x in [1, 5, 2]):
        return found
print(f())
print((lambda: (z := 3) * z)())
