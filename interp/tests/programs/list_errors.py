def attempt(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
a = [1, 2]
attempt(lambda: a[5])
attempt(lambda: a["x"])
attempt(lambda: a[1.0])
attempt(lambda: [].pop())
attempt(lambda: a.pop(9))
attempt(lambda: a.remove(9))
attempt(lambda: a.index(9))
attempt(lambda: a + 1)
attempt(lambda: a + (1,))
attempt(lambda: a < 1)
attempt(lambda: a.foo)
attempt(lambda: a())
attempt(lambda: a.append())
attempt(lambda: a.append(1, 2))
attempt(lambda: hash(a))
attempt(lambda: {a: 1})
attempt(lambda: len(5))
attempt(lambda: list(5))
attempt(lambda: sorted([1, "a"]))
attempt(lambda: min([]))
attempt(lambda: sum(["a"]))
attempt(lambda: [1, 2, 3][::0])
def set_it():
    a[7] = 1
attempt(set_it)
def del_it():
    del a[7]
attempt(del_it)
attempt(lambda: None[0])
attempt(lambda: (5)[0])
