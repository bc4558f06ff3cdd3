def ret():
    try:
        return "try"
    finally:
        print("f1")
print(ret())
def override():
    try:
        return "try"
    finally:
        return "finally"
print(override())
def swallow():
    for i in range(3):
        try:
            1 / 0
        finally:
            break
    return i
print(swallow())
def cont():
    out = []
    for i in range(4):
        try:
            if i == 1:
                continue
            if i == 3:
                break
            out.append(i)
        finally:
            out.append("f")
    else:
        out.append("else")
    return out
print(cont())
def nested():
    out = []
    try:
        try:
            out.append(1)
            raise ValueError
        except ValueError:
            out.append(2)
            raise KeyError
        finally:
            out.append(3)
    except KeyError:
        out.append(4)
    else:
        out.append("no")
    finally:
        out.append(5)
    return out
print(nested())
def loop():
    n = 0
    while True:
        try:
            n += 1
            if n < 3:
                continue
            return n
        finally:
            n += 10
print(loop())
def reraise():
    try:
        1 / 0
    except ZeroDivisionError:
        try:
            raise ValueError
        except ValueError:
            pass
        raise
try:
    reraise()
except ZeroDivisionError as e:
    print("reraised", e)
def deep(n):
    try:
        if n == 0:
            raise ValueError("deep")
        deep(n - 1)
    finally:
        print("unwind", n)
try:
    deep(3)
except ValueError as e:
    print(e)
def in_handler():
    for i in range(2):
        try:
            raise ValueError(i)
        except ValueError as e:
            if i == 0:
                continue
            return e.args
print(in_handler())
def fin_in_except():
    try:
        try:
            raise KeyError("a")
        except KeyError as e:
            return "r" + str(e)
        finally:
            print("cleanup")
    finally:
        print("outer")
print(fin_in_except())
