a = [5, 2, 9, 1, 5, 6]
a.sort()
print(a)
a.sort(reverse=True)
print(a)
words = ["banana", "Apple", "cherry", "apple", "fig"]
print(sorted(words), sorted(words, key=len), sorted(words, key=str.lower), sorted(words, key=lambda w: (-len(w), w)), sorted(words, reverse=True))
pairs = [(1, "b"), (0, "a"), (1, "a"), (0, "b")]
print(sorted(pairs), sorted(pairs, key=lambda p: p[0]), sorted(pairs, key=lambda p: p[0], reverse=True), sorted(pairs, key=lambda p: p[1]))
print(sorted({"b": 1, "a": 2}), sorted("hello"), sorted(range(5), key=lambda x: -x), sorted([]), sorted([1]))
class Item:
    def __init__(self, v):
        self.v = v
    def __lt__(self, other):
        return self.v < other.v
    def __repr__(self):
        return "I%d" % self.v
print(sorted([Item(3), Item(1), Item(2)]), min(Item(4), Item(2)), max([Item(4), Item(2)], key=lambda i: i.v))
big = [(i * 7919) % 1009 for i in range(1000)]
s = sorted(big)
print(s[:5], s[-5:], all(s[i] <= s[i + 1] for i in range(999)), sorted([3.5, 1, 2.25]), sorted([True, False, 2]))
try:
    [3, "x", 1].sort()
except TypeError as e:
    print(e)
