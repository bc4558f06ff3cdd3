# ERROR: NotImplementedError: __slots__ in a class
class C:
    __slots__ = ("a",)
