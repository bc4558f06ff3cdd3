# ERROR: NotImplementedError: type() with three arguments
type("X", (), {})
