def attempt(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
attempt(lambda: 1.0 / 0)
attempt(lambda: 1.0 // 0)
attempt(lambda: 1.0 % 0)
attempt(lambda: divmod(1.0, 0.0))
attempt(lambda: 0.0 ** -1)
attempt(lambda: float("abc"))
attempt(lambda: float(""))
attempt(lambda: float([]))
attempt(lambda: 10.0 ** 400)
attempt(lambda: 1.5 << 2)
attempt(lambda: 1.5 + "x")
attempt(lambda: float("1__0"))
attempt(lambda: round("x"))
