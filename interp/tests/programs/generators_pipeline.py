def numbers(n):
    for i in range(n):
        yield i
def squares(it):
    for x in it:
        yield x * x
def evens(it):
    for x in it:
        if x % 2 == 0:
            yield x
print(sum(evens(squares(numbers(100)))))
def primes():
    found = []
    n = 2
    while True:
        if all(n % p for p in found if p * p <= n):
            found.append(n)
            yield n
        n += 1
p = primes()
print([next(p) for _ in range(25)])
def window(seq, k):
    buf = []
    for x in seq:
        buf.append(x)
        if len(buf) == k:
            yield tuple(buf)
            buf.pop(0)
print(list(window(range(6), 3)))
def scheduler(tasks):
    while tasks:
        t = tasks.pop(0)
        try:
            print(next(t), end=" ")
            tasks.append(t)
        except StopIteration:
            pass
    print()
def task(name, n):
    for i in range(n):
        yield name + str(i)
scheduler([task("a", 3), task("b", 1), task("c", 2)])
