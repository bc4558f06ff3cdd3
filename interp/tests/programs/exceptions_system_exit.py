import sys
try:
    sys.exit(3)
except SystemExit as e:
    print("exit", e.code, e.args)
try:
    raise SystemExit
except BaseException as e:
    print(type(e).__name__, e.args)
def f():
    try:
        sys.exit("message")
    finally:
        print("cleanup")
try:
    f()
except SystemExit as e:
    print(e.code)
print("leaving")
sys.exit(5)
