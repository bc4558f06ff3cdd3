print(__name__)
def f():
    """Doc of f."""
    return __name__
print(f(), f.__doc__, f.__name__)
class C:
    "Doc of C"
    def m(self): "doc of m"
print(C.__doc__, C.m.__doc__, C.__module__, C.m.__qualname__, C().m.__doc__)
if __name__ == "__main__":
    print("main")
def outer():
    def inner(): pass
    return inner
print(outer().__qualname__, (lambda: 0).__qualname__, outer.__module__)
x: int = 5
def ann(a: int, b: "str" = "x") -> list:
    y: float
    z: int = 3
    return [a, b, z]
print(x, ann(1))
_ = 5
__x = 6
print(_, __x, ...)
