def attempt(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
d = {"a": 1}
attempt(lambda: d["zz"])
attempt(lambda: d[5])
attempt(lambda: d[[]])
attempt(lambda: d.pop("q"))
attempt(lambda: {}.popitem())
attempt(lambda: {[]: 1})
attempt(lambda: {{}: 1})
attempt(lambda: dict([1]))
attempt(lambda: dict([(1, 2, 3)]))
attempt(lambda: dict(5))
attempt(lambda: d < d)
attempt(lambda: d + d)
attempt(lambda: d.foo)
def delete():
    del d["q"]
attempt(delete)
attempt(lambda: {**5})
