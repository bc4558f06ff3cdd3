# ERROR: NotImplementedError: bytes is not supported
x = b"abc"
