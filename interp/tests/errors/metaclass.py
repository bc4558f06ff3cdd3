# ERROR: NotImplementedError: metaclass=
class C(metaclass=type):
    pass
