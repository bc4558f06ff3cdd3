# A generator with `yield`: the suspend can fall inside the generator's own frame.
def squares(n):
    i = 0
    while i < n:
        yield i * i
        i += 1


total = 0
for square in squares(1000):
    total += square % 11
print("generator:", total)
