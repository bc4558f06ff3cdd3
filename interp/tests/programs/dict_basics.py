d = {"a": 1, "b": 2}
d["c"] = 3
d["a"] = 10
print(d, d["a"], len(d), "b" in d, "z" in d, d.get("z"), d.get("z", 0), d.get("a"))
del d["b"]
d["b"] = 20
print(d, list(d), list(d.keys()), list(d.values()), list(d.items()))
for k, v in d.items():
    print(k, v)
print(d.pop("a"), d.pop("zz", None), d.setdefault("n", []), d.setdefault("c", 9), d)
d.update({"x": 1}, y=2)
d.update([("z", 3)])
print(d, dict(a=1, b=2), dict([(1, 2), (3, 4)]), dict({"q": 1}, r=2), dict(), {})
print(d.popitem(), {1: "a", 1.0: "b", True: "c"}, {None: 1, (1, 2): 2})
e = d.copy()
e.clear()
print(len(d), e, {"a": 1} == {"a": 1.0}, {"a": 1, "b": 2} == {"b": 2, "a": 1}, {"a": 1} != {"a": 2})
print({**{"a": 1}, "b": 2, **{"a": 3}}, {"a": 1} | {"b": 2}, dict.fromkeys("ab", 0), dict.fromkeys([1]))
f = {"a": 1}
f |= {"b": 2}
print(f, list(reversed({"a": 1, "b": 2})), {i: i * i for i in range(4)}, sorted({"b": 1, "a": 2}.items()))
nested = {"l": [1, {"k": (1,)}]}
print(nested["l"][1]["k"][0], str(nested), max({"a": 5, "b": 9}, key=lambda k: {"a": 5, "b": 9}[k]))
big = {}
for i in range(500):
    big[i * 17 % 501] = i
for i in range(0, 500, 2):
    big.pop(i, None)
print(len(big), sum(big), sum(big.values()), list(big)[:5])
