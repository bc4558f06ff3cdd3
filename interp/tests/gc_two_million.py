# Two million allocations must pass in a heap of one megabyte.
class Node:
    def __init__(self, v):
        self.v = v
        self.me = self


n = 0
for i in range(250000):
    node = Node([i, str(i)])
    pair = (node, {"k": 1.5 * i})
    n += len(pair)
print(n, node.v)
