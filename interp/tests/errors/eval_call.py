# ERROR: NotImplementedError: exec() and eval()
eval("1")
