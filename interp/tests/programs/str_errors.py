def attempt(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
attempt(lambda: "abc"[5])
attempt(lambda: "abc"["x"])
attempt(lambda: "abc" + 1)
attempt(lambda: "a" * "b")
attempt(lambda: 1 in "abc")
attempt(lambda: ",".join([1, 2]))
attempt(lambda: "abc".index("z"))
attempt(lambda: "abc".split(""))
attempt(lambda: "abc".nothing)
attempt(lambda: "abc".upper(1))
attempt(lambda: ord("ab"))
attempt(lambda: ord(5))
attempt(lambda: chr(-1))
attempt(lambda: chr(0x110000))
attempt(lambda: "abc".startswith(1))
attempt(lambda: "x".center("y"))
attempt(lambda: "x".ljust(5, "ab"))
def store():
    s = "abc"
    s[0] = "x"
attempt(store)
def delete():
    s = "abc"
    del s[0]
attempt(delete)
attempt(lambda: "%d" % "x")
attempt(lambda: "%s %s" % (1,))
attempt(lambda: "%s" % (1, 2))
attempt(lambda: "{} {}".format(1))
attempt(lambda: "{x}".format(y=1))
attempt(lambda: "{".format())
attempt(lambda: "}".format())
