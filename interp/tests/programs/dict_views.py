d = {"a": 1, "b": 2, "c": 3}
k, v, it = d.keys(), d.values(), d.items()
print(k, v, it, len(k), "a" in k, 2 in v, ("a", 1) in it, ("a", 2) in it)
d["d"] = 4
print(list(k), list(v), len(it))
print(sorted(k & {"a", "z"}), sorted(k | {"z"}), sorted(k - {"a"}), k == {"a", "b", "c", "d"})
print(list(reversed(k)), [x for x in it if x[1] > 2])
try:
    for x in d:
        d["new" + x] = 1
except RuntimeError as e:
    print(e)
