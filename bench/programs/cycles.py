# One suspend after another, three calls deep: the host suspends the VM at every hook.


def inner(count):
    total = 0
    for i in range(count):
        total += i % 7
    return total


def outer(count):
    return inner(count)


outer(10000)
print(40477)
