class Temp:
    def __init__(self, c):
        self._c = c
    @property
    def c(self):
        "celsius"
        return self._c
    @c.setter
    def c(self, v):
        if v < -273:
            raise ValueError("too cold")
        self._c = v
    @c.deleter
    def c(self):
        print("deleted")
    @property
    def f(self):
        return self._c * 9 / 5 + 32
    @staticmethod
    def parse(text):
        return Temp(float(text))
    @classmethod
    def zero(cls):
        return cls(0)
t = Temp(100)
print(t.c, t.f)
t.c = 50
print(t.c, t.f, Temp.parse("1.5").c, Temp.zero().c, t.parse("2").c, t.zero().f)
del t.c
for bad in (lambda: setattr(t, "c", -300), lambda: setattr(t, "f", 1), lambda: delattr(t, "f")):
    try:
        bad()
    except (ValueError, AttributeError) as e:
        print(type(e).__name__, e)
class Sub(Temp):
    @classmethod
    def zero(cls):
        r = super().zero()
        r.c = 5
        return r
    @property
    def c(self):
        return super().c + 1000
    @c.setter
    def c(self, v):
        self._c = v
print(type(Sub.zero()).__name__, Sub.zero().c, Temp.c.__doc__)
class P2:
    x = property(lambda self: 42)
print(P2().x, isinstance(Temp.__dict__["c"], property))
