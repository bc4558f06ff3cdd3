s = {3, 1, 2}
s.add(5)
s.add(1)
print(sorted(s), len(s), 1 in s, 9 not in s, set(), {1}, sorted(set("hello")), sorted(set([1, 1, 2])))
s.remove(5)
s.discard(100)
print(sorted(s | {7}), sorted(s & {1, 2}), sorted(s - {1}), sorted(s ^ {1, 9}), s == {1, 2, 3}, s <= {1, 2, 3, 4}, s < s, s >= {1}, {1} < s)
print(sorted(s.union([8], (9,))), sorted(s.intersection([1, 5])), sorted(s.difference([1])), sorted(s.symmetric_difference([1, 4])), s.issubset([1, 2, 3]), s.issuperset({1}), s.isdisjoint([7]))
t = s.copy()
t |= {10}
t &= {10, 1}
t -= {1}
t ^= {5}
print(sorted(t), sorted(s))
t.update([1, 2], (3,))
t.clear()
print(t, bool(t), {i % 3 for i in range(10)} == {0, 1, 2})
f = frozenset([1, 2])
print(f, hash(f) == hash(frozenset([2, 1])), f | {3} == {1, 2, 3}, {f: "v"}[frozenset([2, 1])], frozenset())
x = {1}
print(x.pop(), x, {1, *[2, 3]} == {1, 2, 3})
for bad in (lambda: {1}.remove(2), lambda: set().pop(), lambda: {[]}, lambda: {1} + {2}, lambda: set(5), lambda: {1} | [2]):
    try:
        bad()
    except Exception as e:
        print(type(e).__name__, e)
