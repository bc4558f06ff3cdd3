# `while` with a condition.
n = 0
total = 0
while n < 400:
    n += 1
    if n % 4:
        total += n % 9
print("while condition:", n, total)
