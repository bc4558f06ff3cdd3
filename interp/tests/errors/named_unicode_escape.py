# ERROR: NotImplementedError: \N{...} is not supported
x = "\N{BULLET}"
