# ERROR: NotImplementedError: __del__ in a class
class C:
    def __del__(self):
        pass
