a = 123456789012345678901234567890
b = 987654321098765432109876543210
print(a + b, a - b, b - a, a * b)
print(b // a, b % a, -b // a, -b % a, b // -a, b % -a)
print(a * a * a // (b + 1), a ** 5)
print(2 ** 64, 2 ** 63, 2 ** 62, 2 ** 31, 2 ** 30, -(2 ** 63), -(2 ** 64))
print(1 << 100, (1 << 100) >> 98, -(1 << 70) >> 3, -1 >> 50, (-(1 << 70) - 1) >> 69)
x = 1
for i in range(1, 40):
    x *= i
print(x)
for i in range(39, 0, -1):
    assert x % i == 0
    x //= i
print(x)
print((10 ** 50) // (10 ** 48 + 7), (10 ** 50) % (10 ** 48 + 7))
print(int("123456789" * 5), str(3 ** 200)[:20], len(str(7 ** 300)))
print(a == a + 0, a < b, a > b, a != b, a <= a, -a < a)
print(hash(2 ** 61 - 1), hash(2 ** 61), hash(-(2 ** 70)), hash(-1), hash(10 ** 40))
print(0xffffffffffffffff * 0xffffffffffffffff, (2 ** 128 - 1) // (2 ** 64 - 1))
print(2 ** 128 // 3 ** 40, (2 ** 96 - 1) // 0xffffffff, (2 ** 96) % 0xfffffffb)
print(bool(a), bool(a - a), (a).bit_length(), (0).bit_length(), (-256).bit_length())
print(4611686018427387903 + 1, -4611686018427387904 - 1, 4611686018427387904 * 2, 3037000500 * 3037000500)
print(1073741823 + 1, -1073741824 - 1, 46341 * 46341, 65536 * 65536)
