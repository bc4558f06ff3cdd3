try:
    try:
        1 / 0
    except ZeroDivisionError as e:
        raise ValueError("wrapped") from e
except ValueError as e:
    print(e, repr(e.__cause__), repr(e.__context__), e.__suppress_context__)
try:
    try:
        {}["k"]
    except KeyError:
        raise TypeError("implicit")
except TypeError as e:
    print(e.__cause__, repr(e.__context__), e.__suppress_context__)
try:
    try:
        {}["k"]
    except KeyError:
        raise TypeError("none") from None
except TypeError as e:
    print(e.__cause__, repr(e.__context__), e.__suppress_context__)
try:
    raise ValueError("a") from KeyError
except ValueError as e:
    print(repr(e.__cause__))
e1 = ValueError("stored")
try:
    raise e1
except ValueError as e2:
    print(e1 is e2)
def helper():
    raise
try:
    try:
        raise ValueError("from helper")
    except ValueError:
        helper()
except ValueError as e:
    print(e)
try:
    raise ValueError("tb").with_traceback(None)
except ValueError as e:
    print(e)
try:
    raise ValueError from 5
except TypeError as e:
    print(e)
