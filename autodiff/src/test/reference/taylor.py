"""Derivatives of order 0 to 6 of smooth compositions along a line, by mpmath with 60 digits.

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


def main():
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
    }
    out.write_text(json.dumps(file, indent=1) + "\n")


main()
