# A simple `while True`: lasts clearly longer than the published yield interval.
n = 0
total = 0
while True:
    n += 1
    total += n % 7
    if n == 22000:
        break
print("while true:", n, total)
