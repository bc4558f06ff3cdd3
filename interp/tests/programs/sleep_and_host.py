try:
    from host import sleep
except ImportError:
    def sleep(ms):
        pass
try:
    from time import sleep_ms
except ImportError:
    sleep_ms = sleep
import time
def worker(n):
    total = 0
    for i in range(n):
        sleep(1)
        total += i
    return total
print(worker(4))
time.sleep(0.001)
sleep_ms(1)
print([worker(i) for i in range(3)])
def gen():
    for i in range(3):
        sleep(1)
        yield i
print(list(gen()), sum(gen()))
print(sorted([3, 1, 2], key=lambda x: (sleep(1), x)[1]))
class C:
    def __add__(self, o):
        sleep(1)
        return "added"
    def __repr__(self):
        sleep(1)
        return "C()"
    def __eq__(self, o):
        sleep(1)
        return True
    def __hash__(self):
        sleep(1)
        return 1
    def __getitem__(self, i):
        sleep(1)
        if i > 2:
            raise IndexError
        return i
    def __getattr__(self, n):
        sleep(1)
        return n
    def __enter__(self):
        sleep(1)
        return self
    def __exit__(self, *a):
        sleep(1)
        return True
    def __len__(self):
        sleep(1)
        return 3
    def __contains__(self, x):
        sleep(1)
        return x == 1
    def __call__(self, *a):
        sleep(1)
        return a
print(C() + 1, C(), C() == 2, {C(): 1}[C()], list(C()), C().foo, len(C()), 1 in C(), C()(5), f"{C()}", "%s" % C(), str(C()), [C()])
with C():
    sleep(1)
    raise ValueError
try:
    sleep(1)
    try:
        raise KeyError("k")
    finally:
        sleep(1)
except KeyError as e:
    sleep(1)
    print("caught", e)
