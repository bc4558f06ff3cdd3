class V:
    def __init__(self, x, y):
        self.x, self.y = x, y
    def __repr__(self): return f"V({self.x}, {self.y})"
    def __add__(self, o): return V(self.x + o.x, self.y + o.y) if isinstance(o, V) else NotImplemented
    def __sub__(self, o): return V(self.x - o.x, self.y - o.y)
    def __mul__(self, k): return V(self.x * k, self.y * k)
    def __rmul__(self, k): return V(k * self.x, k * self.y)
    def __truediv__(self, k): return V(self.x / k, self.y / k)
    def __floordiv__(self, k): return V(self.x // k, self.y // k)
    def __mod__(self, k): return V(self.x % k, self.y % k)
    def __pow__(self, k): return V(self.x ** k, self.y ** k)
    def __neg__(self): return V(-self.x, -self.y)
    def __pos__(self): return self
    def __invert__(self): return V(~self.x, ~self.y)
    def __abs__(self): return (self.x ** 2 + self.y ** 2) ** 0.5
    def __eq__(self, o): return isinstance(o, V) and (self.x, self.y) == (o.x, o.y)
    def __lt__(self, o): return abs(self) < abs(o)
    def __le__(self, o): return abs(self) <= abs(o)
    def __bool__(self): return bool(self.x or self.y)
    def __iadd__(self, o):
        self.x += o.x
        self.y += o.y
        return self
    def __and__(self, o): return "and"
    def __or__(self, o): return "or"
    def __xor__(self, o): return "xor"
    def __lshift__(self, o): return "lshift"
    def __rshift__(self, o): return "rshift"
    def __matmul__(self, o): return self.x * o.x + self.y * o.y
    def __radd__(self, o): return f"radd {o}"
    def __rsub__(self, o): return f"rsub {o}"
    def __divmod__(self, o): return "divmod"
    def __rpow__(self, o): return f"rpow {o}"
    def __index__(self): return self.x
a, b = V(1, 2), V(3, 4)
print(a + b, a - b, a * 2, 2 * a, b / 2, b // 2, b % 2, b ** 2, -a, +a, ~a, abs(b), a == V(1, 2), a != b, a == 5)
print(a < b, a > b, a <= b, a >= b, bool(a), bool(V(0, 0)), not a, a & b, a | b, a ^ b, a << 1, a >> 1, a @ b, 5 + a, 5 - a, divmod(a, 2), 2 ** a)
c = a
c += b
print(a, c is a, sum([V(1, 1)], V(0, 0)), [10, 20, 30][V(1, 0)], hex(V(255, 0)))
a -= b
print(a, c)
for bad in (lambda: a + 5, lambda: b | 1 if False else [] + a, lambda: object() + 1, lambda: object() < object()):
    try:
        print(bad())
    except TypeError as e:
        print("TypeError", e)
