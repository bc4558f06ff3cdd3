class Loop:
    def __init__(self):
        self.time, self.queue, self.seq = 0, [], 0
    def call_at(self, when, fn, *args):
        self.queue.append((when, self.seq, fn, args))
        self.seq += 1
    def spawn(self, gen):
        def step(value=None):
            try:
                delay = gen.send(value)
            except StopIteration as e:
                print(self.time, "done", e.value)
                return
            self.call_at(self.time + delay, step)
        step()
    def run(self):
        while self.queue:
            self.queue.sort(key=lambda e: e[:2])
            self.time, _, fn, args = self.queue.pop(0)
            fn(*args)
def proc(name, delays):
    total = 0
    for d in delays:
        yield d
        total += d
        print(name, total)
    return name
loop = Loop()
loop.spawn(proc("a", [3, 3]))
loop.spawn(proc("b", [2, 2, 2]))
loop.call_at(4, print, "called")
loop.run()
