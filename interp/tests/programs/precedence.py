print(1 + 2 * 3 - 4 / 2, 2 ** 3 ** 0, -2 ** 2, not True or True, not (True or True), 1 or 0 and 0, 1 < 2 and 3 > 2, 1 + 1 == 2 and "y" or "n")
print(5 - 3 - 1, 2 ** -1, ~1 + 1, 3 & 1 + 1, 1 << 1 << 1, 7 ^ 2 | 1 & 3, 10 % 4 * 2, "a" + "b" * 2, [1] + [2] * 2)
print(1 if 0 else 2 if 0 else 3, (lambda: 1 if False else 2)(), [x for x in [1, 2, 3] if x > 1 or x == 1 and False], not 1 in [2], 1 not in [1] or "k")
print(*[1] + [2], *(3,), {**{}} == {}, -1 .__abs__() if False else 0, (1, 2)[0] + 1, "abc"[1].upper(), [[1]][0][0], {"a": [5]}["a"][0])
