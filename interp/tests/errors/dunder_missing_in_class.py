# ERROR: NotImplementedError: __getattribute__ in a class
class C:
    def __getattribute__(self, n):
        return n
