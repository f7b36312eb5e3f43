"""Values of special functions to 17 digits, by mpmath with 60 digits.

    python special.py > ../resources/special.csv

A line is a function, a double and the value there.
"""

import random

import mpmath
from mpmath import mp, mpf

mp.dps = 60
random.seed(7)


def erfcx(x):
    if x > 1e4:
        return (1 - 1 / (2 * x * x) + 3 / (4 * x**4)) / (x * mpmath.sqrt(mpmath.pi))
    with mp.workdps(100):
        return mpmath.exp(x * x) * mpmath.erfc(x)


def repeated(n):
    def w(x):
        with mp.workdps(120 if abs(x) < 30 else 400):
            # iⁿerfc(x) = exp(-x²) U(n + 1/2, √2 x) / √(2ⁿ⁻¹ π) with the parabolic cylinder function
            u = mpmath.pcfu(n + mpf(1) / 2, mpmath.sqrt(2) * x)
            return mpmath.exp(x * x / 2) * u * mpmath.sqrt(2 / mpmath.pi) / mpmath.sqrt(mpf(2)) ** n

    return w


def sinc(n):
    return lambda x: mpmath.diff(mpmath.sincpi, x, n, h=mpf(10) ** -12) if n else mpmath.sincpi(x)


def log_gamma(x):
    with mp.workdps(400):
        return mpmath.log(abs(mpmath.gamma(x))) if abs(x) < 1e3 else mpmath.loggamma(x).real


tiny = [5e-324, 1e-310, 1e-200, 1e-20, 1e-9, 1e-5]
small = [0.01, 0.1, 0.24, 0.26, 0.3, 0.49, 0.5, 0.51, 0.7, 0.74, 0.76, 0.9, 0.99, 0.999999]
middle = [1.0, 1.1, 1.4, 1.5, 1.6, 2.0, 2.4, 2.5, 2.6, 3.0, 3.3, 5.0, 5.99, 6.01, 7.9, 8.1, 10.5, 19.0]
large = [25.0, 100.0, 700.0, 1000.0, 1e5, 1e10, 1e100, 1e300]
positive = tiny + small + middle + large
unit = tiny + small
negative_gamma = [-0.1, -0.5, -0.51, -1.5, -2.3, -7.7, -20.25, -100.5, -170.9, -1e-5, -1e-300]

ASKED = [
    ("asin", mpmath.asin, unit),
    ("acos", mpmath.acos, unit),
    ("atan", mpmath.atan, positive),
    ("sinh", mpmath.sinh, unit + middle + [25.0, 100.0, 700.0]),
    ("cosh", mpmath.cosh, unit + middle + [25.0, 100.0, 700.0]),
    ("asinh", mpmath.asinh, positive),
    ("acosh", mpmath.acosh, [1.0000001] + middle + large),
    ("atanh", mpmath.atanh, unit),
    ("exp2", lambda x: mpf(2) ** x, unit + middle + [25.5, 100.3, 1000.7, -3.0, -1000.7]),
    ("log2", lambda x: mpmath.log(x, 2), positive),
    ("log10", mpmath.log10, positive),
    ("cbrt", mpmath.cbrt, positive),
    ("logit", lambda x: mpmath.log(x / (1 - x)), unit),
    ("entr", lambda x: -x * mpmath.log(x), positive[2:]),
    ("erfc", mpmath.erfc, unit + middle + [25.0, 26.0] + [-0.3, -2.0, -7.0]),
    ("erfcx", erfcx, unit + middle + large + [-0.3, -2.0, -7.0, -20.0, -26.0]),
    ("erfcx1", repeated(1), [0.01, 0.3, 0.51, 1.0, 2.4, 5.99, 6.01, 19.0, 100.0, -0.3, -2.0, -7.0]),
    ("erfcx4", repeated(4), [0.01, 0.3, 0.51, 1.0, 2.4, 5.99, 6.01, 19.0, 100.0, -0.3, -2.0, -7.0]),
    ("erfinv", mpmath.erfinv, unit + [0.9999999999, 1 - 2**-52]),
    ("lgamma", log_gamma, positive + negative_gamma),
    ("digamma", lambda x: mpmath.psi(0, x), positive[2:] + negative_gamma),
    ("polygamma1", lambda x: mpmath.psi(1, x), positive[3:] + negative_gamma[:-1]),
    ("polygamma2", lambda x: mpmath.psi(2, x), positive[3:-2] + negative_gamma[:-1]),
    ("polygamma9", lambda x: mpmath.psi(9, x), positive[4:-3] + negative_gamma[:-2]),
    ("ndtr", mpmath.ncdf, [-37.0, -10.0, -3.0, -0.1, 0.0, 0.4, 3.0, 10.0]),
    ("logNdtr", lambda x: mpmath.log1p(-mpmath.ncdf(-x)) if x > 0 else mpmath.log(mpmath.ncdf(x)), [-1000.0, -37.0, -10.0, -3.0, -0.1, 0.0, 0.4, 3.0, 10.0, 37.0]),
    ("sinc", sinc(0), positive[:-3]),
    ("sinc1", sinc(1), [0.0, 1e-5, 0.1, 0.4, 0.5, 1.0, 1.3, 7.0, 100.25]),
    ("sinc2", sinc(2), [0.0, 1e-5, 0.1, 0.4, 0.5, 1.0, 1.3, 7.0, 100.25]),
    ("sinc5", sinc(5), [0.0, 1e-5, 0.1, 0.4, 0.5, 0.79, 0.8, 1.0, 1.3, 7.0, 100.25]),
]

for name, f, points in ASKED:
    for x in points:
        print(f"{name},{x!r},{mpmath.nstr(f(mpf(x)), 17, min_fixed=0, max_fixed=0)}")
