class Stack:
    def __init__(self, *items):
        self.items = list(items)
    def __len__(self): return len(self.items)
    def __getitem__(self, i): return self.items[i]
    def __setitem__(self, i, v): self.items[i] = v
    def __delitem__(self, i): del self.items[i]
    def __contains__(self, v): return v in self.items
    def __iter__(self): return iter(self.items)
    def __reversed__(self): return iter(self.items[::-1])
    def __call__(self, *a, **k): return (a, k)
s = Stack(1, 2, 3)
print(len(s), s[0], s[-1], s[1:], 2 in s, 9 in s, list(s), list(reversed(s)), s(1, x=2), bool(s), bool(Stack()))
s[0] = "a"
del s[1]
print(list(s), sum(Stack(1, 2)), max(Stack(4, 9)), [*s], tuple(s), sorted(Stack(3, 1)), dict(enumerate(s)))
a, b = s
print(a, b)
class Seq:
    def __getitem__(self, i):
        if i >= 3:
            raise IndexError
        return i * 10
print(list(Seq()), 20 in Seq(), [x for x in Seq()], tuple(Seq()))
class Count:
    def __init__(self, n): self.n = n
    def __iter__(self): return self
    def __next__(self):
        if self.n == 0:
            raise StopIteration
        self.n -= 1
        return self.n
print(list(Count(3)), sum(Count(4)), 1 in Count(3), next(Count(5)), next(Count(0), "end"))
for x in Count(2):
    print(x)
class Grid:
    def __getitem__(self, key): return key
print(Grid()[1, 2], Grid()[1:2], Grid()[::2, 1], Grid()["x"])
for bad in (lambda: len(Grid()), lambda: iter(5), lambda: next([]), lambda: list(object()), lambda: 1 in object()):
    try:
        bad()
    except TypeError as e:
        print("TypeError", e)
