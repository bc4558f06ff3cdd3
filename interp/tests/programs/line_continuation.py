x = (1 +
     2 +
     3)
y = [
    1,
    2,  # comment

    3,
]
z = {"a": 1,
     "b": 2}
w = 1 + \
    2
def f(a,
      b=2,
      ):
    return a + b
print(x, y, z, w, f(1,
                    2))
if (x > 1 and
        y):
    print("multi-line condition")
s = ("implicit "
     "concatenation")
print(s); print("two"); a = 1; b = 2
print(a, b)
if a: print("inline")
for i in range(2): print(i); print("-")
class C: pass
def g(): return 5
print(g())
while a: a -= 1
	
# comment at the end
print("tabs")
if True:
	print("tab indent")
	if True:
		print("deeper")
