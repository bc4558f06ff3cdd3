t = 0
for i, c in enumerate("abc" * 300):
    t += i * ord(c)
print(t)
