# Nested loops.
total = 0
for i in range(40):
    for j in range(48):
        if j != i:
            total += (i * j) % 5
print("nested loops:", total)
