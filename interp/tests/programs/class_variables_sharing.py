class A:
    shared = []
    n = 0
    def add(self, v):
        self.shared.append(v)
        self.n += 1
a, b = A(), A()
a.add(1); b.add(2)
print(A.shared, a.n, b.n, A.n, a.shared is b.shared)
class B(A):
    n = 10
B.n += 1
print(B.n, A.n, B().n)
A.new = "added"
print(b.new, B.new)
class Meta:
    kinds = {k: len(k) for k in ("a", "bb")}
    def f(self):
        return self.kinds
    g = f
    for i in range(3):
        last = i
print(Meta.kinds, Meta().g(), Meta.last, Meta.i)
def method(self):
    return "patched"
A.patched = method
print(a.patched())
class Outer:
    class Inner:
        v = 5
    def make(self):
        return Outer.Inner()
print(Outer().make().v, Outer.Inner.__qualname__)
