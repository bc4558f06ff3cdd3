name, n, pi = "World", 42, 3.14159
print(f"Hello {name}!", f"{n}", f"{n + 1}", f"{name!r}", f"{name!s:>8}", f"{pi:.2f}", f"{n:05d}", f"{n:>{8}}", f"{pi:{n // 5}.{2}f}")
print(f"{{literal}} {n}", f"{n=}", f"{n = }", f"{name=}", f"{pi=:.1f}", f"{n + 1=}", f"{name!r:^10}|")
print(f"{'nested ' + name}", f'{"x" if n > 5 else "y"}', f"{[i for i in range(3)]}", f"{ {'a': 1}['a'] }", f"{(lambda x: x * 2)(4)}")
print(f"a{1}b{2}c" f"{3}" "d{4}", rf"\n{n}", F"{n}", f"""multi
{n} line""")
print(f"{1,}", f"{1, 2}", f"{n:,}", f"{1234567.891:,.2f}", f"{255:#x} {255:b} {0.25:.0%}")
print(f"", f"{''}", f"{None} {True} {[1, 'a']}")
class Point:
    def __format__(self, spec):
        return "Point<" + spec + ">"
    def __str__(self):
        return "str"
    def __repr__(self):
        return "repr"
p = Point()
print(f"{p}", f"{p:abc}", f"{p!s}", f"{p!r}", f"{p!s:>6}")
print(f"{n!r}", f"{n==42}", f"{n!=42}", f"{n>=42}", f"{n:d}", f"{'a:b'}", f"{dict(a=1)['a']}")
width = 10
print(f"{name:*^{width}}", f"{name:{'>'}{width}}")
