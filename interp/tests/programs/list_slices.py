a = list(range(10))
print(a[2:5], a[:3], a[7:], a[-3:], a[::3], a[::-1], a[8:2:-2], a[5:2], a[-100:100], a[100:], a[:])
a[2:4] = ["x", "y", "z"]
print(a)
a[:0] = [-1]
a[len(a):] = [99]
print(a)
a[::2] = [0] * len(a[::2])
print(a)
a[1:3] = []
print(a)
del a[0]
del a[-1]
del a[1:3]
print(a)
del a[::2]
print(a)
b = list(range(10))
del b[8:2:-2]
print(b)
b[1:1] = (i * i for i in range(3))
print(b)
b[:] = "abc"
print(b, slice(1, 2), slice(None, 3, -1), [1, 2, 3][slice(0, 2)], slice(1, 9, 2).indices(5))
try:
    b[::2] = [1]
except ValueError as e:
    print(e)
