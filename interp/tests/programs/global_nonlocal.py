count = 0
def bump():
    global count
    count += 1
for _ in range(3):
    bump()
print(count)
def outer():
    x = "outer"
    def middle():
        nonlocal x
        x = "middle"
        def inner():
            nonlocal x
            x += "+inner"
        inner()
        return x
    r = middle()
    return r, x
print(outer())
def shadow():
    count = "local"
    def inner():
        global count
        count += 10
        return count
    return inner(), count
print(shadow(), count)
def multi():
    a = b = 0
    def set_them():
        nonlocal a, b
        a, b = 1, 2
    set_them()
    return a, b
print(multi())
class K:
    global made
    made = "in class"
print(made)
