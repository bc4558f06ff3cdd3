for spec in ("", "5", "<5", ">5", "^5", "*^7", "05", "+", " ", "x", "X", "#x", "b", "#b", "o", "c", ",", "_", "010,", "+08", "e", ".2f", "%", "=+6", "n", "d"):
    print(repr(format(65, spec)), repr(format(-1234567, spec)) if spec != "c" else "")
for spec in ("", "8.2f", "<8.2f|", ".0f", ".3e", "g", ".3g", "+.1f", "010.3f", ",.2f", "%", ".1%", "_.1f", "e", "G", "E", "F", "^12.3f", ".10g", "#.3g", ".3", ".17g"):
    try:
        print(repr(format(1234.5678, spec)), repr(format(-0.00001234, spec)), repr(format(1e20, spec)))
    except ValueError as e:
        print("ValueError", spec)
for spec in ("", "10", ">10", "^10", ".2", "10.2", "s", "*<6", "-^9s", "05"):
    print(repr(format("abc", spec)))
for value in (float("inf"), float("-inf"), float("nan"), 0.0, -0.0, 100.0, 1e16, 123456789.0):
    print(format(value, ""), format(value, "f"), format(value, "10.1f"), format(value, "g"), format(value, "e"), format(value, ".3"))
print(format(10 ** 20, ","), format(2 ** 70, "x"), format(-5, "b"), format(True, "d"), format(True, ""), format(3, ".2f"), format(255, "08b"), format(1234567, "_x"))
for bad in ("d", "x", "=5", ",", "+"):
    try:
        print(format("s", bad))
    except ValueError as e:
        print("ValueError", e)
for bad in ("s", ".2d", "q", "5.", "1z"):
    try:
        print(format(5, bad))
    except ValueError as e:
        print("ValueError", bad, e)
try:
    print(format([1], "5"))
except TypeError as e:
    print("TypeError", e)
