"""Reference values for the functions of Tensor, in float64, from PyTorch and others.

    python reference.py            writes ../resources/reference/*.json

Every case is a line of one of the files *_cases.py: a name (the Java method, then what is special
about the case), an expression of x, y, z, w, and the inputs. The values are those of the expression;
gradients are those of the sum of output times a fixed cotangent, and `hvp` is the derivative of that
gradient along a fixed direction, both by torch.autograd. Numbers that PyTorch does not offer come
from SciPy, mpmath or NumPy; then the case says so and derivatives are central differences of mpmath
or left out.

Inputs are drawn with a seed made of the case's name and rounded to three digits, so that the files
are small and the numbers exact.
"""

import importlib
import json
import math
import pathlib
import sys
import zlib

import mpmath
import numpy
import scipy
import scipy.special
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
HERE = pathlib.Path(__file__).parent
GROUPS = [
    "math", "special", "logic", "reductions", "norms", "order", "scans", "shaping", "indexing", "products", "linalg", "images",
    "pooling", "resizing", "neural", "tapes",
]
WORDS = dict(
    torch=torch, F=F, math=math, numpy=numpy, scipy=scipy, special=scipy.special, mpmath=mpmath, inf=math.inf
)


class Draw:
    """An input that is drawn when its case has a name."""

    def __init__(self, make):
        self.make = make

    def __call__(self, rng):
        t = torch.as_tensor(self.make(rng))
        if t.is_floating_point():
            t = torch.round(t.double() * 1000) / 1000
        return t


def R(*shape):
    """Normal numbers without ties."""
    return Draw(lambda g: g.normal(size=shape))


def P(*shape):
    """Positive numbers from 0.2 to 2.2."""
    return Draw(lambda g: 0.2 + 2 * g.random(size=shape))


def U(*shape, low=-0.9, high=0.9):
    """Uniform numbers."""
    return Draw(lambda g: low + (high - low) * g.random(size=shape))


def I(n, *shape):
    """Indices below n."""
    return Draw(lambda g: g.integers(0, n, size=shape))


def B(*shape):
    """Flags."""
    return Draw(lambda g: g.random(size=shape) < 0.6)


def SPD(*shape):
    """Symmetric positive definite matrices."""

    def make(g):
        a = numpy.round(g.normal(size=shape), 1)
        return a @ numpy.swapaxes(a, -1, -2) + 1.5 * numpy.eye(shape[-1])

    return Draw(make)


def SYM(*shape):
    """Symmetric matrices with eigenvalues apart."""

    def make(g):
        a = numpy.round(g.normal(size=shape), 2)
        return a + numpy.swapaxes(a, -1, -2) + numpy.diag(numpy.arange(shape[-1]) * 2.0)

    return Draw(make)


def REG(*shape):
    """Matrices that are far from singular."""
    return Draw(lambda g: g.normal(size=shape) + 2.5 * numpy.eye(shape[-2], shape[-1]))


def T(values):
    """These numbers."""
    return Draw(lambda _: torch.tensor(values))


def written(t):
    dtype = {torch.float64: "F64", torch.float32: "F32", torch.bool: "BOOL", torch.int32: "I32", torch.int64: "I64"}[t.dtype]
    if t.is_floating_point():
        t = torch.zeros(t.shape, dtype=t.dtype) + t  # torch may know of zeros without holding any
    plain = t.detach().flatten().tolist()
    values = [v if not isinstance(v, float) or math.isfinite(v) else str(v) for v in plain]
    return {"dtype": dtype, "shape": list(t.shape), "values": values}


def outputs_of(expression, inputs, words):
    made = eval(expression, {**WORDS, **words, **dict(zip("xyzwuvst", inputs))})  # noqa: S307, our own lines
    if isinstance(made, torch.Tensor):
        made = [made]
    return [torch.as_tensor(m) for m in made]


def run(name, expression, draws, words, source, order):
    rng = numpy.random.default_rng(zlib.crc32(name.encode()))
    inputs = [d(rng) for d in draws]
    leaves = [x.clone().requires_grad_() if x.is_floating_point() else x for x in inputs]
    floats = [x for x in leaves if x.is_floating_point()]
    outputs = outputs_of(expression, leaves, words)
    case = {
        "name": name,
        "reference": source + ": " + expression,
        "inputs": [written(x) for x in inputs],
        "outputs": [written(y) for y in outputs],
    }
    smooth = [y for y in outputs if y.is_floating_point() and y.requires_grad]
    if not smooth or order == 0:
        return case

    def like(t):
        return torch.round(torch.as_tensor(rng.normal(size=tuple(t.shape))) * 100) / 100

    cotangents = [like(y) for y in outputs if y.is_floating_point()]
    pairs = [(y, g) for y, g in zip([y for y in outputs if y.is_floating_point()], cotangents) if y.requires_grad]
    total = sum((y * g).sum() for y, g in pairs)
    gradients = torch.autograd.grad(total, floats, create_graph=order > 1, allow_unused=True)
    gradients = [torch.zeros_like(x) if g is None else g for g, x in zip(gradients, floats)]
    case["cotangents"] = [written(g) for g in cotangents]
    case["gradients"] = [written(g) for g in gradients]
    if order < 2:
        return case
    direction = [like(x) for x in floats]
    along = sum((g * v).sum() for g, v in zip(gradients, direction))
    if along.requires_grad:
        second = torch.autograd.grad(along, floats, allow_unused=True)
        second = [torch.zeros_like(x) if h is None else h for h, x in zip(second, floats)]
    else:
        second = [torch.zeros_like(x) for x in floats]
    case["direction"] = [written(v) for v in direction]
    case["hvp"] = [written(h) for h in second]
    return case


class Cases:
    def __init__(self):
        self.all = []

    def __call__(self, name, expression, *draws, source="PyTorch", order=2, **words):
        self.all.append(run(name, expression, draws, words, source, order))


def main():
    versions = {
        "PyTorch": torch.__version__,
        "NumPy": numpy.__version__,
        "SciPy": scipy.__version__,
        "mpmath": mpmath.__version__,
    }
    out = HERE.parent / "resources" / "reference"
    for group in sys.argv[1:] or GROUPS:
        if not (HERE / (group + "_cases.py")).exists():
            continue
        cases = Cases()
        importlib.import_module(group + "_cases").add(cases)
        lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases.all)
        header = json.dumps({"made by": "autodiff/src/test/reference/reference.py", "versions": versions})
        (out / (group + ".json")).write_text(header[:-1] + ',\n"cases":[\n' + lines + "\n]}\n")
        print(group, len(cases.all), "cases")


if __name__ == "__main__":
    sys.modules["reference"] = sys.modules["__main__"]
    main()
