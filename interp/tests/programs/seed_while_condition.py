i = 0
def more(i):
    return i < 1000
while more(i):
    i += 1
print(i)
