"""Derivatives of order 0 to 6 of smooth compositions along a line, and of every smooth function of
one number, by mpmath with 60 digits.

    python taylor.py               writes ../resources/reference/taylor.json

Every function is written here once more in plain mpmath; `t` moves the point along a direction.
"""

import json
import pathlib

import mpmath
from mpmath import mp, mpf

mp.dps = 60

X = [mpf("0.3"), mpf("-1.2"), mpf("0.7"), mpf("1.1")]
V = [mpf("0.5"), mpf("0.8"), mpf("-0.6"), mpf("0.2")]
W = [[mpf(str(round(0.37 * (i + 1) * (j + 2) % 1.7 - 0.8, 3))) for j in range(3)] for i in range(4)]


def line(t):
    return [x + t * v for x, v in zip(X, V)]


def softmax(x):
    e = [mp.exp(a) for a in x]
    return [a / sum(e) for a in e]


def standardized(x, eps):
    m = sum(x) / len(x)
    var = sum((a - m) ** 2 for a in x) / len(x)
    return [(a - m) / mp.sqrt(var + eps) for a in x]


def matmul(x):
    return [sum(x[i] * W[i][j] for i in range(4)) for j in range(3)]


def dot(x):
    return sum(a * (k + 1) for k, a in enumerate(x))


FUNCTIONS = {
    "tanh network": lambda x: dot(softmax([mp.tanh(a) for a in matmul(x)])),
    "layer norm": lambda x: dot([mp.tanh(a) for a in standardized(x, mpf("0.1"))]),
    "softplus and log": lambda x: sum(mp.log(1 + mp.log1p(mp.exp(a))) for a in x),
    "gelu": lambda x: dot([a / 2 * (1 + mp.erf(a / mp.sqrt(2))) for a in x]),
    "products": lambda x: mp.sin(x[0] * x[1]) * mp.exp(x[2] * x[3]) / (2 + mp.cos(x[0] - x[3])),
    "log-sum-exp": lambda x: mp.log(sum(mp.exp(2 * a) for a in x)),
    "norm": lambda x: mp.sqrt(sum(a * a for a in x)),
    "powers": lambda x: sum((2 + mp.sin(a)) ** mpf("2.5") for a in x) ** mpf("-0.5"),
    "sigmoid gate": lambda x: dot([a / (1 + mp.exp(-a * a)) for a in x]),
}


def sigmoid(x):
    return 1 / (1 + mp.exp(-x))


def ndtr(x):
    return mp.erfc(-x / mp.sqrt(2)) / 2


# The methods of Tensor without arguments that are smooth at these points.
ONES = {
    "exp": (mp.exp, 0.7),
    "expm1": (mp.expm1, 0.7),
    "exp2": (lambda x: mpf(2) ** x, 0.7),
    "log": (mp.log, 0.7),
    "log1p": (mp.log1p, 0.7),
    "log2": (lambda x: mp.log(x, 2), 0.7),
    "log10": (mp.log10, 0.7),
    "sqrt": (mp.sqrt, 0.7),
    "rsqrt": (lambda x: 1 / mp.sqrt(x), 0.7),
    "cbrt": (mp.cbrt, 0.7),
    "reciprocal": (lambda x: 1 / x, 0.7),
    "square": (lambda x: x * x, 0.7),
    "sin": (mp.sin, 0.7),
    "cos": (mp.cos, 0.7),
    "tan": (mp.tan, 0.7),
    "asin": (mp.asin, 0.4),
    "acos": (mp.acos, 0.4),
    "atan": (mp.atan, 0.7),
    "sinh": (mp.sinh, 0.7),
    "cosh": (mp.cosh, 0.7),
    "tanh": (mp.tanh, 0.7),
    "asinh": (mp.asinh, 0.7),
    "acosh": (mp.acosh, 1.7),
    "atanh": (mp.atanh, 0.4),
    "sigmoid": (sigmoid, 0.7),
    "softplus": (lambda x: mp.log1p(mp.exp(x)), 0.7),
    "logSigmoid": (lambda x: mp.log(sigmoid(x)), 0.7),
    "silu": (lambda x: x * sigmoid(x), 0.7),
    "mish": (lambda x: x * mp.tanh(mp.log1p(mp.exp(x))), 0.7),
    "gelu": (lambda x: x * ndtr(x), 0.7),
    "geluTanh": (
        lambda x: x / 2 * (1 + mp.tanh(mp.sqrt(2 / mp.pi) * (x + mpf("0.044715") * x**3))),
        0.7,
    ),
    "softsign": (lambda x: x / (1 + abs(x)), 0.7),
    "tanhShrink": (lambda x: x - mp.tanh(x), 0.7),
    "erf": (mp.erf, 0.7),
    "erfc": (mp.erfc, 0.7),
    "erfcx": (lambda x: mp.exp(x * x) * mp.erfc(x), 0.7),
    "erfinv": (mp.erfinv, 0.4),
    "ndtr": (ndtr, 0.7),
    "logNdtr": (lambda x: mp.log(ndtr(x)), -1.7),
    "lgamma": (mp.loggamma, 1.7),
    "digamma": (mp.digamma, 1.7),
    "entr": (lambda x: -x * mp.log(x), 0.7),
    "logit": (lambda x: mp.log(x / (1 - x)), 0.4),
    "sinc": (mp.sincpi, 0.7),
}


def main():
    ones = [
        {"name": name, "x": x, "derivatives": [float(mp.diff(f, mpf(repr(x)), n)) for n in range(7)]}
        for name, (f, x) in ONES.items()
    ]
    cases = [
        {"name": name, "derivatives": [float(mp.diff(lambda t: f(line(t)), 0, n)) for n in range(7)]}
        for name, f in FUNCTIONS.items()
    ]
    out = pathlib.Path(__file__).parent.parent / "resources" / "reference" / "taylor.json"
    file = {
        "made by": "autodiff/src/test/reference/taylor.py",
        "versions": {"mpmath": mpmath.__version__},
        "x": [float(a) for a in X],
        "v": [float(a) for a in V],
        "w": [[float(a) for a in row] for row in W],
        "cases": cases,
        "ones": ones,
    }
    out.write_text(json.dumps(file, indent=1) + "\n")


main()
