class R:
    def __init__(self, n):
        self.n = n
    def __iter__(self):
        for i in range(self.n):
            yield i
r = R(3)
print(list(r), list(r), [a + b for a in r for b in r], sum(r), tuple(zip(r, r)), max(r), set(r) == {0, 1, 2}, dict.fromkeys(r, 0))
it = iter([1, 2, 3])
print(iter(it) is it, next(it), list(it))
s = iter("ab")
print(next(s), next(s), next(s, None))
l = [1, 2, 3]
for x in l:
    if x == 2:
        l.append(9)
    print(x, end=" ")
print(l)
e = enumerate("ab")
print(next(e), list(e), list(e))
z = zip([1, 2], "ab")
print(next(z), list(z))
d = iter({"a": 1, "b": 2})
print(next(d), list(d))
def gen_iter(x):
    try:
        return iter(x)
    except TypeError as e:
        return str(e)
print(gen_iter(5), type(gen_iter([])).__name__ != "", gen_iter(None))
class Bad:
    def __iter__(self):
        return 5
try:
    iter(Bad())
except TypeError as e:
    print(e)
print(list(reversed("abc")), list(reversed(range(3))), list(reversed((1, 2))))
