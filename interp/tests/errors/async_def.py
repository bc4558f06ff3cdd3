# ERROR: NotImplementedError: async/await is not supported
async def f():
    pass
