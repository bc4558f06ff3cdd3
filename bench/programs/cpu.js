// CPU-bound work that never suspends, the counterpart of cpu.py. Its value is a checksum.
(() => {
  class Account {
    constructor(name, balance) {
      this.name = name;
      this.balance = balance;
    }
    move(amount) {
      if (this.balance + amount < 0) throw new RangeError(this.name);
      this.balance += amount;
      return this.balance;
    }
  }

  const fibonacci = (n) => (n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2));

  function* primes(limit) {
    const sieve = new Array(limit).fill(true);
    for (let i = 2; i < limit; i++) {
      if (!sieve[i]) continue;
      yield i;
      for (let j = i * i; j < limit; j += i) sieve[j] = false;
    }
  }

  function accounts(rounds) {
    const book = Array.from({ length: 20 }, (_, i) => new Account('a' + i, (i * 7) % 50));
    let refused = 0;
    for (let i = 0; i < rounds; i++) {
      try {
        book[i % 20].move(13 - ((i * 31) % 40));
      } catch (error) {
        refused += 1;
      }
    }
    return book.reduce((sum, account) => sum + account.balance, refused);
  }

  function words(rounds) {
    const counts = {};
    for (let i = 0; i < rounds; i++) {
      const word = 'w' + ((i * i) % 97);
      counts[word] = (counts[word] ?? 0) + word.length;
    }
    const pairs = Object.entries(counts).sort((a, b) => a[1] - b[1] || (a[0] < b[0] ? -1 : 1));
    return pairs.map(([word]) => word).join(',').length;
  }

  let sum = 0;
  for (const prime of primes(700)) sum += prime;
  return fibonacci(13) + sum + accounts(400) + words(400);
})();
