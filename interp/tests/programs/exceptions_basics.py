def f(n):
    try:
        if n == 0: raise ValueError("zero")
        if n == 1: return {}["missing"]
        if n == 2: return [][3]
        if n == 3: return 1 / 0
        if n == 4: return None.x
        if n == 5: return undefined
        if n == 6: raise KeyError
        return "fine"
    except ValueError as e:
        return ("VE", str(e), e.args)
    except (KeyError, IndexError) as e:
        return (type(e).__name__, str(e), repr(e))
    except ArithmeticError as e:
        return ("AE", e.args)
    except Exception as e:
        return (type(e).__name__, str(e))
    else:
        return "else"
    finally:
        print("finally", n)
for i in range(8):
    print(f(i))
try:
    pass
except Exception:
    print("no")
else:
    print("else ran")
finally:
    print("finally ran")
try:
    try:
        raise ValueError("a")
    except KeyError:
        print("no")
    finally:
        print("inner finally")
except ValueError as e:
    print("outer", e)
try:
    raise ValueError("x", 1, [2])
except ValueError as e:
    print(e, repr(e), e.args)
print(repr(ValueError()), repr(KeyError("k")), str(KeyError("k")), str(Exception("a", "b")), repr(OSError(2, "No such file")), str(OSError(2, "No such file")))
try:
    e
except NameError as err:
    print(err)
for bad in (lambda: (_ for _ in ()).throw(5),):
    try:
        bad()
    except TypeError as e:
        print(e)
try:
    raise 5
except TypeError as e:
    print(e)
try:
    raise
except RuntimeError as e:
    print(e)
try:
    try:
        1 / 0
    except 5:
        pass
except TypeError as e:
    print(e)
