class ParseError(Exception):
    pass
def tokens(s):
    i = 0
    while i < len(s):
        c = s[i]
        if c.isspace():
            i += 1
        elif c.isdigit() or c == ".":
            j = i
            while j < len(s) and (s[j].isdigit() or s[j] == "."):
                j += 1
            yield float(s[i:j]) if "." in s[i:j] else int(s[i:j])
            i = j
        elif c in "+-*/()^":
            yield c
            i += 1
        else:
            raise ParseError(f"bad {c!r} at {i}")
    yield None
class Parser:
    def __init__(self, s):
        self.t = tokens(s)
        self.next()
    def next(self):
        self.cur = next(self.t)
    def expr(self):
        v = self.term()
        while self.cur in ("+", "-"):
            op = self.cur
            self.next()
            r = self.term()
            v = v + r if op == "+" else v - r
        return v
    def term(self):
        v = self.factor()
        while self.cur in ("*", "/"):
            op = self.cur
            self.next()
            r = self.factor()
            v = v * r if op == "*" else v / r
        return v
    def factor(self):
        if self.cur == "-":
            self.next()
            return -self.factor()
        if self.cur == "(":
            self.next()
            v = self.expr()
            if self.cur != ")":
                raise ParseError("expected )")
            self.next()
        elif isinstance(self.cur, (int, float)):
            v = self.cur
            self.next()
        else:
            raise ParseError(f"unexpected {self.cur!r}")
        if self.cur == "^":
            self.next()
            return v ** self.factor()
        return v
for s in ("1 + 2 * 3", "(1+2)*3", "2^3^2", "-4 / 2", "1.5 * (2 - -1)", "1 +", "2 $ 3", "(1", "1/0", ""):
    try:
        p = Parser(s)
        v = p.expr()
        print(s, "=", v)
    except (ParseError, ZeroDivisionError) as e:
        print(s, "->", type(e).__name__, e)
