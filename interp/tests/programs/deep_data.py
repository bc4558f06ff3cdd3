data = {"users": [{"name": "a", "tags": {"x", "y"}, "pos": (1, 2)}, {"name": "b", "tags": set(), "pos": (3, 4)}], "meta": {"n": 2}}
for u in data["users"]:
    u["tags"] = sorted(u["tags"])
print(data)
data["users"][0]["pos"] += (9,)
data["meta"]["n"] += len(data["users"])
print(data["users"][0], data["meta"], [u["name"] for u in data["users"] if u["tags"]])
def walk(o, path=""):
    if isinstance(o, dict):
        for k in o:
            yield from walk(o[k], path + "/" + str(k))
    elif isinstance(o, (list, tuple)):
        for i, v in enumerate(o):
            yield from walk(v, path + "/" + str(i))
    else:
        yield path, o
for p, v in walk(data):
    print(p, v)
def same(a, b):
    return type(a) == type(b) and a == b
print(same([1, {"a": (1.0,)}], [1, {"a": (1,)}]), same((), []))
import gc
gc.collect()
print(len(list(walk(data))))
