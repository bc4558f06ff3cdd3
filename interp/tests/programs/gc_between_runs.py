# A collection while hardly any value is alive, as happens early in a run on a VM that ran before: the
# builtin types that no value has at that moment, and their methods, must survive it.
import gc


def use_everything():
    def count(n):
        for i in range(n):
            got = yield i
            if got:
                yield got

    class Point:
        def __init__(self, x):
            self._x = x

        @property
        def x(self):
            return self._x

        @staticmethod
        def zero():
            return Point(0)

        @classmethod
        def of(cls, x):
            return cls(x)

    generator = count(3)
    first = next(generator)
    sent = generator.send("s")
    generator.close()
    total = [first, sent, Point.of(4).x + Point.zero().x, super(Point, Point(1)).__hash__() is not None]
    total.append(sorted({3, 1, 2} | set([5])))
    total.append(sorted(frozenset([1, 2]).union([7])))
    total.append((1, 2, 1).count(1) + [4, 5].index(5))
    total.append(list(enumerate("ab")) + list(zip([1], [2])) + list(map(str, [1])))
    total.append(list(filter(None, [0, 1])) + list(reversed([1, 2])))
    d = {"k": 1, "l": 2}
    total.append(sorted(d.keys()) + sorted(d.values()) + sorted(d.items())[0:1])
    total.append(["a-b".split("-"), "x".upper(), "%d" % 3, "{:>3}".format(1), f"{2.5:.1f}"])
    total.append([range(0, 9, 3)[1], slice(1, 2).start, (2.0).is_integer(), (255).bit_length(), 1 << 80])
    try:
        raise KeyError("k")
    except LookupError as e:
        total.append([repr(e), e.args])
    total.append([None, True, NotImplemented, ...])
    return total


gc.collect()
gc.collect()
print(use_everything())
gc.collect()
print(use_everything())
