try:
    import host
except ImportError:
    class host:
        @staticmethod
        def call(name, *args):
            if name == "echo":
                return args[0]
            if name == "add":
                return args[0] + args[1]
            if name == "none":
                return None
            raise OSError("no host function '%s'" % name)
print(host.call("echo", "text é\n\"q\" \\ 😀"), host.call("echo", 5), host.call("echo", 1.5), host.call("echo", None), host.call("echo", True))
print(host.call("add", 2, 3), host.call("add", "a", "b"), host.call("none"), host.call("add", -1.25, 0.5), host.call("echo", ""))
try:
    host.call("missing")
except OSError as e:
    print("OSError", e)
