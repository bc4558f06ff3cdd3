def queens(n):
    solutions = 0
    def place(row, cols, d1, d2):
        nonlocal solutions
        if row == n:
            solutions += 1
            return
        for c in range(n):
            if c in cols or row + c in d1 or row - c in d2:
                continue
            place(row + 1, cols | {c}, d1 | {row + c}, d2 | {row - c})
    place(0, set(), set(), set())
    return solutions
print([queens(n) for n in range(1, 6)])
def first(n):
    def solve(board):
        r = len(board)
        if r == n:
            yield board
            return
        for c in range(n):
            if all(c != b and abs(c - b) != r - i for i, b in enumerate(board)):
                yield from solve(board + [c])
    return next(solve([]))
for c in first(6):
    print("." * c + "Q" + "." * (5 - c))
