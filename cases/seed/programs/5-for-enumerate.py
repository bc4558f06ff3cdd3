# `for` with `enumerate`.
words = ["async", "sync", "unwind", "rewind"] * 200
total = 0
for index, word in enumerate(words):
    if word != "sync":
        total += index % 3
print("for enumerate:", total)
