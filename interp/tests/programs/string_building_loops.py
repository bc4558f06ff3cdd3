parts = []
for i in range(5):
    parts.append("%d:%s" % (i, "x" * i))
print(";".join(parts))
s = ""
for c in reversed("abc"):
    s = c + s + c
print(s)
rows = [["name", "qty"], ["apple", 3], ["kiwi", 12]]
widths = [max(len(str(r[i])) for r in rows) for i in range(2)]
for r in rows:
    print(" | ".join(str(v).ljust(w) for v, w in zip(r, widths)))
for n in range(1, 16):
    print("Fizz" * (n % 3 == 0) + "Buzz" * (n % 5 == 0) or n, end=" ")
print()
for i in range(4):
    print(" " * (3 - i) + "*" * (2 * i + 1))
