x = 1
def read():
    return x
def write():
    global x
    x = 2
def local():
    x = 3
    return x
print(read(), local(), read())
write()
print(read(), x)
def unbound():
    try:
        print(y)
    except UnboundLocalError as e:
        print(type(e).__name__, e)
    y = 1
unbound()
try:
    print(undefined_name)
except NameError as e:
    print(e)
def new_global():
    global fresh
    fresh = "made"
new_global()
print(fresh)
def deleted():
    v = 1
    del v
    try:
        v
    except UnboundLocalError as e:
        print(e)
deleted()
del fresh
try:
    fresh
except NameError as e:
    print(e)
len_ = len
def len(a):
    return "shadow"
print(len([]))
del len
print(len([1]))
class C:
    x = "class"
    y = x + "!"
    def m(self):
        return x
print(C().m(), C.y)
