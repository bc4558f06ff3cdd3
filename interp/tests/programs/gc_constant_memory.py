class Node:
    def __init__(self, v, n):
        self.v, self.n = v, n
total = 0
for i in range(60000):
    n = Node(i, None)
    n.n = n
    l = [i, str(i), (i, i + 1), {"k": i}]
    total += len(l)
print(total, n.v)
s = ""
for i in range(3000):
    s += "x"
print(len(s))
def gen():
    i = 0
    while i < 20000:
        yield [i] * 10
        i += 1
print(sum(len(x) for x in gen()))
print(len(sorted((str(i) for i in range(2000)), key=lambda v: v[::-1])))
import gc
gc.collect()
print("ok")
