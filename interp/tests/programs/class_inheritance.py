class Animal:
    def __init__(self, name):
        self.name = name
    def speak(self):
        return "..."
    def intro(self):
        return f"{self.name} says {self.speak()}"
class Dog(Animal):
    def speak(self):
        return "Woof"
class Puppy(Dog):
    def __init__(self, name, age):
        super().__init__(name)
        self.age = age
    def speak(self):
        return super().speak() + "!" * self.age
for a in (Animal("x"), Dog("Rex"), Puppy("Bit", 3)):
    print(a.intro(), isinstance(a, Dog), isinstance(a, Animal), type(a).__name__)
print(issubclass(Puppy, Animal), issubclass(Animal, Puppy), [c.__name__ for c in Puppy.__mro__], Puppy.__bases__[0].__name__)
class A:
    def f(self):
        return ["A"]
class B(A):
    def f(self):
        return ["B"] + super().f()
class C(A):
    def f(self):
        return ["C"] + super().f()
class D(B, C):
    def f(self):
        return ["D"] + super().f()
print(D().f(), [c.__name__ for c in D.__mro__])
class E(C, B):
    pass
print(E().f())
try:
    class F(A, B):
        pass
except TypeError as e:
    print("TypeError")
class Old(A):
    def f(self):
        return super(Old, self).f() + A.f(self)
print(Old().f())
class Base:
    registry = []
    def __init_subclass__(cls, tag=None):
        Base.registry.append((cls.__name__, tag))
class S1(Base):
    pass
class S2(Base, tag="t"):
    pass
print(Base.registry)
