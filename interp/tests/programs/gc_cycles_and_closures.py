import gc
def make(n):
    cells = []
    def a():
        return b
    def b():
        return a, cells, n
    cells.append(a)
    return b
keep = [make(i) for i in range(50)]
for i in range(3000):
    make(i)
gc.collect()
print(len(keep), keep[7]()[2], keep[7]()[0]() is keep[7])
class T:
    def __init__(self, depth):
        self.kids = [T(depth - 1) for _ in range(2)] if depth else []
    def count(self):
        return 1 + sum(k.count() for k in self.kids)
for _ in range(5):
    t = T(8)
gc.collect()
print(t.count())
gens = []
for i in range(100):
    g = (x * i for x in range(5))
    next(g)
    gens.append(g)
gc.collect()
print(sum(next(g) for g in gens))
d = {}
for i in range(5000):
    d[i % 50] = [i, {"n": (i,)}]
print(sorted(d)[-1], d[49])
chain = None
for i in range(20000):
    chain = (i, chain)
gc.collect()
n = 0
while chain:
    n += 1
    chain = chain[1]
print(n)
