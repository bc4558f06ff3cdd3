# ERROR: NotImplementedError: complex numbers
(-8) ** (1 / 3)
