class Dyn:
    def __init__(self):
        self.real = 1
    def __getattr__(self, name):
        if name.startswith("x"):
            return "dyn " + name
        raise AttributeError("no " + name)
    def __setattr__(self, name, value):
        print("set", name)
        super().__setattr__(name, value)
    def __delattr__(self, name):
        print("del", name)
        object.__delattr__(self, name)
d = Dyn()
print(d.real, d.xyz, hasattr(d, "q"), getattr(d, "q", "def"))
d.y = 5
del d.y
try:
    d.foo
except AttributeError as e:
    print(e)
class Str:
    def __str__(self): return "str form"
class Rep:
    def __repr__(self): return "rep form"
print(Str(), Rep(), str(Rep()), [Rep()], f"{Str()}", "%s %r" % (Str(), Rep()), repr(str(Str())))
class Hash:
    def __hash__(self): return 7
    def __eq__(self, o): return True
print(hash(Hash()), {Hash(): 1}[Hash()], Hash() in [1])
class Desc:
    def __get__(self, obj, cls): return "got" if obj is not None else "class"
    def __set__(self, obj, value): print("setting", value)
    def __set_name__(self, owner, name): print("named", owner.__name__, name)
class Uses:
    d = Desc()
u = Uses()
print(u.d, Uses.d)
u.d = 9
class Single:
    inst = None
    def __new__(cls, *a):
        if cls.inst is None:
            cls.inst = super().__new__(cls)
        return cls.inst
    def __init__(self, v=0):
        self.v = v
print(Single(1) is Single(2), Single.inst.v)
class Num:
    def __int__(self): return 3
    def __float__(self): return 2.5
    def __round__(self, n=None): return "r%s" % n
    def __bool__(self): return False
    def __len__(self): return 9
print(int(Num()), float(Num()), round(Num()), round(Num(), 2), bool(Num()), len(Num()))
class NoIter:
    __iter__ = None
    __hash__ = None
try:
    iter(NoIter())
except TypeError as e:
    print(e)
try:
    hash(NoIter())
except TypeError as e:
    print(e)
