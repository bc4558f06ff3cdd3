x = 10
x += 5; x -= 3; x *= 2; x //= 5; x **= 3; x %= 50; x <<= 2; x >>= 1; x |= 1; x &= 0xff; x ^= 7
print(x)
y = 7
y /= 2
print(y)
s = "a"
s += "b"
s *= 3
print(s)
l = [1, 2]
m = l
l += [3]
l[0] += 10
l[-1] *= 2
print(l, m, l is m)
d = {"k": 1}
d["k"] += 1
print(d)
class C:
    v = 1
c = C()
c.v += 5
c.v -= 1
print(c.v, C.v)
def idx():
    print("idx")
    return 0
l[idx()] += 1
print(l)
t = (1,)
t += (2,)
print(t)
try:
    x += "s"
except TypeError as e:
    print(e)
