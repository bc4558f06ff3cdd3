t = 0
for i in range(40):
    for j in range(40):
        t += i * j
print(t)
