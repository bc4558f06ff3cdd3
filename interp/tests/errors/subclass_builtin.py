# ERROR: NotImplementedError: a subclass of the builtin type 'dict'
class D(dict):
    pass
