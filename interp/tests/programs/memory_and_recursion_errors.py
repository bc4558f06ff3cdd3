def deep(n):
    return [deep(n + 1)]
for f in (lambda: deep(0), lambda: "x" * (1 << 62), lambda: [0] * (1 << 60)):
    try:
        f()
        print("no error")
    except (RecursionError, MemoryError, OverflowError) as e:
        print("error")
class R:
    def __repr__(self):
        return repr(self)
    def __getattr__(self, n):
        return getattr(self, n + "x")
    def __eq__(self, o):
        return self == o
for f in (lambda: repr(R()), lambda: R().a, lambda: R() == R()):
    try:
        f()
    except RecursionError as e:
        print(type(e).__name__)
l = []
for i in range(100):
    l = [l]
print(repr(l)[:5], len(repr(l)))
print("still alive")
