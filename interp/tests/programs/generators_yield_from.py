def inner(n):
    for i in range(n):
        got = yield i
        if got:
            print("inner got", got)
    return "inner result"
def outer():
    r = yield from inner(2)
    print(r)
    yield from [10, 20]
    yield from "ab"
    r = yield from (x for x in range(1))
    print(r)
    return "outer"
print(list(outer()))
g = outer()
next(g)
print(g.send("hello"))
def tree(t):
    if isinstance(t, list):
        for x in t:
            yield from tree(x)
    else:
        yield t
print(list(tree([1, [2, [3, 4], 5], [[6]]])))
def guarded():
    try:
        yield from inner(5)
    except ValueError as e:
        print("outer caught", e)
        yield "recovered"
    finally:
        print("outer finally")
g = guarded()
next(g)
print(g.throw(ValueError("thrown")))
print(next(g, "end"))
class It:
    def __init__(self): self.n = 0
    def __iter__(self): return self
    def __next__(self):
        self.n += 1
        if self.n > 2:
            raise StopIteration("it value")
        return self.n
def use():
    r = yield from It()
    print("r", r)
print(list(use()))
def closing():
    def sub():
        try:
            yield 1
        finally:
            print("sub closed")
    yield from sub()
g = closing()
next(g)
g.close()
def chain(*its):
    for it in its:
        yield from it
print(list(chain("ab", [1], range(2))))
