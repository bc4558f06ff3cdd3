try:
    import nonexistent_module
except ImportError as e:
    print(type(e).__name__, e)
try:
    from math import nothing
except ImportError as e:
    print(type(e).__name__)
import math as m, time as t
print(m.floor(1.5), t is not None)
from math import (floor,
                  ceil as c,
                  )
print(floor(1.5), c(1.5), m.__name__)
def f():
    import math
    return math.floor(9.9)
print(f())
