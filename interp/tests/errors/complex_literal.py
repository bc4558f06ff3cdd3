# ERROR: NotImplementedError: a complex number is not supported
x = 3j
