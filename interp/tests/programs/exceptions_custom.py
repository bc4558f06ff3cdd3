class AppError(Exception):
    pass
class Detailed(AppError):
    def __init__(self, msg, code):
        super().__init__(msg)
        self.code = code
class WithStr(AppError):
    def __str__(self):
        return "custom str"
try:
    raise Detailed("bad", 7)
except AppError as e:
    print(type(e).__name__, e, e.code, e.args, isinstance(e, Exception))
try:
    raise WithStr("ignored")
except AppError as e:
    print(e, repr(e), e.args)
try:
    raise AppError
except AppError as e:
    print(repr(e), str(e) == "")
class Multi(ValueError, KeyError):
    pass
try:
    raise Multi("m")
except KeyError as e:
    print("as key", e.args)
print(issubclass(Detailed, Exception), [c.__name__ for c in Detailed.__mro__], issubclass(ZeroDivisionError, ArithmeticError), issubclass(KeyError, LookupError), issubclass(KeyboardInterrupt, Exception), issubclass(IndexError, LookupError), issubclass(FileNotFoundError, OSError), issubclass(ModuleNotFoundError, ImportError), issubclass(RecursionError, RuntimeError), issubclass(UnboundLocalError, NameError))
class NoSuper(Exception):
    def __init__(self, a, b):
        self.a = a
e = NoSuper(1, 2)
print(e.args, e.a, repr(e))
e.args = ("changed",)
print(e, e.args)
class E2(Exception):
    def __eq__(self, o):
        return True
print(E2() == 5, ValueError("a") == ValueError("a"))
