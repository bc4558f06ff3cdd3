import math
from math import sqrt, pi as PI
print(math.pi, math.e, math.inf, -math.inf, math.nan, math.tau, PI)
print(sqrt(16), math.sqrt(2), math.floor(2.7), math.ceil(2.1), math.trunc(-2.7), math.floor(-2.5), math.ceil(-2.5), math.floor(10 ** 20), math.fabs(-3))
print(math.gcd(12, 18), math.gcd(), math.gcd(2 ** 70, 6), math.factorial(10), math.factorial(25), math.isqrt(10 ** 30), math.isqrt(99), math.prod([1, 2, 3]), math.hypot(3, 4))
print(math.pow(2, 10), math.log(1), math.log10(1000), math.log2(8), math.exp(0), math.sin(0), math.cos(0), math.atan2(0, 1), math.fmod(7, 3), math.copysign(1, -0.0), math.modf(2.5), math.degrees(math.pi), math.radians(180))
print(math.isnan(math.nan), math.isinf(math.inf), math.isfinite(1), round(math.log(10), 10), round(math.log(8, 2), 10), round(math.sin(1), 10), round(math.log(10 ** 400), 6))
for bad in (lambda: math.sqrt(-1), lambda: math.log(0), lambda: math.factorial(-1), lambda: math.sqrt("x"), lambda: math.floor(math.inf), lambda: math.exp(1000), lambda: math.nothing):
    try:
        print(bad())
    except Exception as e:
        print(type(e).__name__, e)
