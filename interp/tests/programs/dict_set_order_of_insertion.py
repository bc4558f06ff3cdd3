d = {}
for k in "zebra":
    d[k] = ord(k)
del d["b"]
d["b"] = 1
d["z"] = 0
print(d, list(d), list(d.values()))
print(list({3: 1, 1: 2, 2: 3}), [k for k in dict(b=1, a=2)], list({"x": 1, **{"a": 2}, "x": 3}.items()))
e = {i: None for i in (5, 3, 9)}
e.pop(3)
e[3] = 1
print(list(e), list(dict.fromkeys("hello")))
