class S:
    def __getitem__(self, k):
        return k
    def __setitem__(self, k, v):
        print("set", k, v)
    def __delitem__(self, k):
        print("del", k)
s = S()
print(s[1], s[1:2], s[:], s[1:2:3], s[1, 2:3], s[...], s[-1:])
s[1:2] = 5
s[0] += (1,) if False else 0
del s[2:]
x = slice(1, 10, 3)
print(x.start, x.stop, x.step, list(range(20))[x], "abcdefghijk"[x], (1, 2, 3, 4)[slice(None, None, -2)], x == slice(1, 10, 3) if False else "")
