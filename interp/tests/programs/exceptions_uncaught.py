def inner():
    raise ValueError("uncaught here")
def outer():
    try:
        inner()
    finally:
        print("finally ran")
print("before")
outer()
print("never")
