for a in (0, 1, -1, 12, -12, 255, 2 ** 40, -(2 ** 40), 2 ** 70 + 5, -(2 ** 70) - 5):
    for b in (0, 1, -1, 10, -10, 2 ** 65 - 1):
        print(a & b, a | b, a ^ b)
    print(~a, a << 3, a >> 2, bin(a), hex(a), oct(a))
print(True & False, True | False, True ^ True, True & 3, type(True & True))
x = 5
x &= 4
x |= 3
x ^= 1
x <<= 4
x >>= 1
print(x)
