for a in (7, -7, 0, 1, 123456789):
    for b in (2, -2, 3, 10, -13):
        print(a + b, a - b, a * b, a // b, a % b, divmod(a, b), a / b)
print(2 ** 10, (-2) ** 3, 2 ** -1, 0 ** 0, 7 ** 2 % 5, pow(3, 5, 7), pow(2, 100, 1000007))
print(-7 // 2, -7 % 2, 7 // -2, 7 % -2)
print(abs(-5), -(-5), +5, ~5, ~-1)
print(1_000_000, 0xff, 0o17, 0b101, 0xFF_FF)
print(int("42"), int("-17"), int(" 8 "), int("ff", 16), int("0b101", 0), int("z", 36), int(3.9), int(-3.9), int(True))
