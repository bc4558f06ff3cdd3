def g(n):
    for i in range(n):
        yield i * 2
print(sum(g(1000)))
