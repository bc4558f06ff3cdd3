t = 0
for i in range(2000):
    t += i
print(t)
