print(True and False, True or False, not True, not 0, 1 and 2, 0 or "x", "" or [], None and 1, 1 and 0 or 3)
print(bool([]), bool([0]), bool(""), bool(" "), bool({}), bool(None), bool(0.0), bool(range(0)), bool(set()))
print(True + True, True * 3, False == 0, True == 1.0, isinstance(True, int), str(True), repr(False))
print(1 if True else 2, 1 if [] else 2, (1 if 0 else 2) + 1)
def side(x):
    print("side", x)
    return x
print(side(0) and side(1), side(1) or side(2), side(1) and side(2) and side(3))
print(all([]), any([]), all([1, 0]), any([0, 1]), all(x > 0 for x in (1, 2)), any(x > 5 for x in (1, 2)))
