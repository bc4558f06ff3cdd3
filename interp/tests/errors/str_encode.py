# ERROR: NotImplementedError: bytes (str.encode)
"a".encode()
