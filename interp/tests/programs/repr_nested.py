a = [1]
a.append(a)
print(a, repr(a))
d = {"k": 1}
d["self"] = d
d["list"] = a
print(d)
print([[], {}, (), set(), "", None, 1.0, [[[]]]], ({"a": (1, [2])},), {(1, 2): [3]})
class N:
    def __init__(self, c):
        self.c = c
    def __repr__(self):
        return f"N({self.c!r})"
print(N(N([N("x"), {"k": N(1)}])))
print(str([1.0, "é", '"', "'"]), repr("a\\b"), [b for b in (True, False)], {"a\n": "\t"}, range(3), slice(1, 2), Ellipsis, NotImplemented)
