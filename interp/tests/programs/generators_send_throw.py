def acc():
    total = 0
    while True:
        v = yield total
        if v is None:
            break
        total += v
    return total
g = acc()
print(next(g), g.send(5), g.send(10))
try:
    g.send(None)
except StopIteration as e:
    print("returned", e.value)
def catcher():
    while True:
        try:
            x = yield "ready"
            print("got", x)
        except ValueError as e:
            print("caught", e)
            yield "handled"
        finally:
            print("finally")
g = catcher()
print(next(g), g.throw(ValueError("v")), next(g))
try:
    g.throw(KeyError("k"))
except KeyError as e:
    print("propagated", e)
print(next(g, "finished"))
def closer():
    try:
        yield 1
        yield 2
    except GeneratorExit:
        print("closing")
        raise
    finally:
        print("cleanup")
g = closer()
next(g)
g.close()
g.close()
print(list(g))
def stubborn():
    try:
        yield 1
    except GeneratorExit:
        yield 2
g = stubborn()
next(g)
try:
    g.close()
except RuntimeError as e:
    print(e)
g = acc()
try:
    g.send(1)
except TypeError as e:
    print(e)
g = acc()
try:
    g.throw(ValueError)
except ValueError:
    print("not started")
def me():
    yield next(it)
it = me()
try:
    next(it)
except ValueError as e:
    print(e)
def stop():
    yield 1
    raise StopIteration("x")
try:
    list(stop())
except RuntimeError as e:
    print(e, type(e.__cause__).__name__)
