# `for` with `range`.
total = 0
for i in range(12500):
    if i & 1:
        total += i & 6
print("for range:", total)
