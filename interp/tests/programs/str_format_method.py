print("{} {}".format(1, "a"), "{0} {1} {0}".format("x", "y"), "{a} {b}".format(a=1, b=2), "{:>5}|{:<5}|{:^5}".format(1, 2, 3))
print("{0[1]} {0[0]}".format([10, 20]), "{d[key]}".format(d={"key": "v"}), "{0.real_name}".format(type("x", (), {}) if False else None) if False else "skip")
print("{!r} {!s}".format("q", "q"), "{:.2f}".format(3.14159), "{:{}}".format("x", 5) + "|", "{:{w}.{p}f}".format(3.14159, w=8, p=2))
print("{{}} {}".format(1), "{:05d} {:+d} {:x} {:,}".format(42, 42, 255, 1234567), "{0!r:>6}".format("a"))
class P:
    def __init__(self):
        self.x = 3
print("{p.x} {0.x}".format(P(), p=P()), "{:%}".format(0.5))
