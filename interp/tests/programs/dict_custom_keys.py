class K:
    def __init__(self, n):
        self.n = n
    def __hash__(self):
        return self.n % 3
    def __eq__(self, other):
        return isinstance(other, K) and self.n == other.n
    def __repr__(self):
        return f"K({self.n})"
d = {K(i): i for i in range(10)}
print(len(d), d[K(7)], K(3) in d, K(30) in d, d)
del d[K(3)]
d[K(4)] = "four"
print(d, len({K(1), K(1), K(4)}))
class NoHash:
    def __eq__(self, o):
        return True
try:
    {NoHash(): 1}
except TypeError as e:
    print(e)
class Plain:
    pass
p = Plain()
print({p: 1}[p], p in {p}, Plain() in {p}, p == p, p != Plain())
