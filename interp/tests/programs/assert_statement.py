assert True
assert 1, "not shown"
try:
    assert 1 == 2
except AssertionError as e:
    print("failed", e.args)
try:
    assert [], "message %d" % 5
except AssertionError as e:
    print(e)
assert (lambda: True)(), 1 / 1
print("done")
