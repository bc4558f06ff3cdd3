i = 0
while i < 5:
    i += 1
    if i == 2:
        continue
    if i == 4:
        break
    print(i)
else:
    print("not reached")
while i > 0:
    i -= 1
else:
    print("while else")
for x in []:
    pass
else:
    print("for else")
for x in range(5):
    if x == 3:
        break
else:
    print("not reached")
print(x)
for i in range(3):
    for j in range(3):
        if j == 1:
            continue
        if i == 2:
            break
        print(i, j)
    else:
        print("inner else", i)
n = 27
steps = 0
while n != 1:
    n = n // 2 if n % 2 == 0 else 3 * n + 1
    steps += 1
print(steps)
if 0:
    print("no")
elif []:
    print("no")
elif "x":
    print("elif")
else:
    print("no")
while True:
    break
print("done")
