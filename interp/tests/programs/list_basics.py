a = [3, 1, 2]
a.append(5)
a.extend([7, 8])
a.extend(range(2))
a.insert(0, "first")
a.insert(-1, "near")
a.insert(100, "end")
print(a, len(a), a[0], a[-1], a[2:4])
print(a.pop(), a.pop(0), a.pop(-2), a)
a.remove(7)
a.reverse()
print(a, a.index(5), a.count(1), 5 in a, [] == [], [1] + [2], [0] * 3, 2 * [1, 2])
b = a.copy()
b.clear()
print(a, b, list("ab"), list((1, 2)), list({1: 2}), list(range(3)))
a += [1]
a *= 2
print(a)
m = [[0] * 3 for _ in range(2)]
m[0][1] = 5
print(m, [[]] * 2, [1, [2, [3]]])
c = [1, 2, 3]
c += (4, 5)
c += "xy"
print(c, min([3, 1]), max(3, 9, 2), sum([1, 2, 3]), sum([[1], [2]], []), sum((0.5, 1)))
d = c
d.append(0)
print(c is d, c == list(d), [1, 2] < [1, 2, 3])
