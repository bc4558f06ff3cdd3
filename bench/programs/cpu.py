# CPU-bound work that never suspends: calls, attributes, arithmetic, containers, strings,
# generators, sorting with a key, exceptions. Prints a checksum.


class Account:
    def __init__(self, name, balance):
        self.name = name
        self.balance = balance

    def move(self, amount):
        if self.balance + amount < 0:
            raise ValueError(self.name)
        self.balance += amount
        return self.balance


def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


def primes(limit):
    sieve = [True] * limit
    for i in range(2, limit):
        if sieve[i]:
            yield i
            for j in range(i * i, limit, i):
                sieve[j] = False


def accounts(rounds):
    book = [Account("a" + str(i), i * 7 % 50) for i in range(20)]
    refused = 0
    for i in range(rounds):
        try:
            book[i % 20].move(13 - i * 31 % 40)
        except ValueError:
            refused += 1
    return refused + sum([account.balance for account in book])


def words(rounds):
    counts = {}
    for i in range(rounds):
        word = "w" + str(i * i % 97)
        counts[word] = counts.get(word, 0) + len(word)
    pairs = sorted(counts.items(), key=lambda pair: (pair[1], pair[0]))
    return len(",".join([word for word, _ in pairs]))


print(fibonacci(13) + sum(primes(700)) + accounts(400) + words(400))
