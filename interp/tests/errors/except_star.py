# ERROR: NotImplementedError: except* is not supported
try:
    pass
except* ValueError:
    pass
