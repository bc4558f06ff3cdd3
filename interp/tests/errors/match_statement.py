# ERROR: NotImplementedError: match is not supported
match [1]:
    case _:
        pass
