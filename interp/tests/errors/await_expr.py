# ERROR: NotImplementedError: async/await is not supported
def f():
    x = await g()
