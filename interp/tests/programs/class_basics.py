class Point:
    """A point."""
    count = 0
    def __init__(self, x, y=0):
        self.x = x
        self.y = y
        Point.count += 1
    def norm2(self):
        return self.x ** 2 + self.y ** 2
    def __repr__(self):
        return f"Point({self.x}, {self.y})"
p, q = Point(3, 4), Point(1)
print(p, q, p.norm2(), Point.count, p.count, Point.__name__, Point.__doc__, type(p) is Point, isinstance(p, Point), p.__class__.__name__)
p.z = 9
p.count = 100
print(p.z, p.count, Point.count, p.__dict__, hasattr(p, "z"), hasattr(q, "z"), getattr(q, "z", None), Point.norm2(p))
del p.z
setattr(p, "w", 1)
print(getattr(p, "w"), [p, q], str(p))
delattr(p, "w")
m = p.norm2
print(m(), m.__name__, m.__self__ is p)
for bad in (lambda: p.nope, lambda: Point.nope, lambda: Point(), lambda: Point(1, 2, 3), lambda: p.norm2(1), lambda: p()):
    try:
        bad()
    except (AttributeError, TypeError) as e:
        print(type(e).__name__, e)
class Empty:
    pass
e = Empty()
e.a = 1
print(e.a, Empty.__dict__.get("b", "none"), Empty)
try:
    Empty(1)
except TypeError as err:
    print(err)
class Priv:
    def __init__(self):
        self.__secret = 42
    def get(self):
        return self.__secret
print(Priv().get(), Priv().__dict__)
