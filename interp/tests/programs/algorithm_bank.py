class Insufficient(Exception):
    def __init__(self, need, have):
        super().__init__(f"need {need}, have {have}")
        self.need, self.have = need, have
class Account:
    _next = 1
    def __init__(self, owner, balance=0):
        self.owner, self._balance, self.log = owner, balance, []
        self.id = Account._next
        Account._next += 1
    @property
    def balance(self):
        return self._balance
    def deposit(self, n):
        if n <= 0:
            raise ValueError("positive only")
        self._balance += n
        self.log.append(("d", n))
        return self
    def withdraw(self, n):
        if n > self._balance:
            raise Insufficient(n, self._balance)
        self._balance -= n
        self.log.append(("w", n))
        return self
    def __repr__(self):
        return f"<{type(self).__name__} {self.id} {self.owner} {self.balance}>"
class Savings(Account):
    rate = 0.05
    def interest(self):
        return self.deposit(round(self.balance * self.rate, 2))
a, b = Account("ann", 100), Savings("bob", 200)
a.deposit(50).withdraw(30)
b.interest()
print(a, b, a.log, b.log)
for f in (lambda: a.withdraw(1000), lambda: a.deposit(-1), lambda: setattr(a, "balance", 1)):
    try:
        f()
    except (Insufficient, ValueError, AttributeError) as e:
        print(type(e).__name__, e, getattr(e, "have", None))
print(sorted([b, a], key=lambda x: x.owner), sum(x.balance for x in (a, b)))
