"""Reference values for layers, losses, optimisers and schedules, in float64, from PyTorch.

    python parity.py [GROUP ...]     writes ../resources/parity/GROUP.json

Every group is a file GROUP_parity.py with a function add(c). A case has a name, inputs, outputs and,
if asked for, the gradients of the sum of all outputs with respect to the float inputs. Inputs are
drawn with a seed made of the case's name and rounded to three digits, so that the files are small and
the numbers exact.
"""

import importlib
import json
import math
import pathlib
import sys
import zlib

import numpy
import torch

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
HERE = pathlib.Path(__file__).parent


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
    """Normal numbers."""
    return Draw(lambda g: g.normal(size=shape))


def P(*shape):
    """Positive numbers from 0.2 to 2.2."""
    return Draw(lambda g: 0.2 + 2 * g.random(size=shape))


def U(*shape, low=0.05, high=0.95):
    """Uniform numbers."""
    return Draw(lambda g: low + (high - low) * g.random(size=shape))


def D(*shape):
    """Rows that are distributions."""

    def make(g):
        a = numpy.round(g.random(size=shape) + 0.1, 3)
        return a / a.sum(-1, keepdims=True)

    exact = Draw(make)
    exact.__class__ = Exact
    return exact


class Exact(Draw):
    """As Draw, without rounding."""

    def __call__(self, rng):
        return torch.as_tensor(self.make(rng))


def I(n, *shape):
    """Indices below n."""
    return Draw(lambda g: g.integers(0, n, size=shape))


def B(*shape):
    """Flags."""
    return Draw(lambda g: g.random(size=shape) < 0.5)


def T(values):
    """These numbers."""
    return Draw(lambda _: torch.tensor(values))


def written(t):
    kinds = {torch.float64: "F64", torch.float32: "F32", torch.bool: "BOOL", torch.int32: "I32", torch.int64: "I64"}
    plain = t.detach().flatten().tolist()
    values = [v if not isinstance(v, float) or math.isfinite(v) else str(v) for v in plain]
    return {"dtype": kinds[t.dtype], "shape": list(t.shape), "values": values}


def weights(n):
    """What outputs are weighted with: plain sums of what is normalised have no slope."""
    return (7.0 * torch.arange(n)) % 5 - 1.7


class Cases:
    def __init__(self):
        self.all = []

    def __call__(self, name, function, *draws, gradients=True):
        """A case: function takes the drawn inputs and answers a tensor or several."""
        rng = numpy.random.default_rng(zlib.crc32(name.encode()))
        inputs = [d(rng) for d in draws]
        leaves = [x.clone().requires_grad_() if x.is_floating_point() and gradients else x for x in inputs]
        outputs = function(*leaves)
        outputs = [outputs] if isinstance(outputs, torch.Tensor) else list(outputs)
        case = {"name": name, "inputs": [written(x) for x in inputs], "outputs": [written(y) for y in outputs]}
        if gradients:
            total = sum((y.flatten() * weights(y.numel())).sum() for y in outputs if y.requires_grad)
            floats = [x for x in leaves if x.is_floating_point()]
            slopes = torch.autograd.grad(total, floats, allow_unused=True)
            case["gradients"] = [written(torch.zeros_like(x) if g is None else g) for g, x in zip(slopes, floats)]
        self.all.append(case)


def main():
    out = HERE.parent / "resources" / "parity"
    out.mkdir(parents=True, exist_ok=True)
    groups = sys.argv[1:] or sorted(p.name[: -len("_parity.py")] for p in HERE.glob("*_parity.py"))
    for group in groups:
        cases = Cases()
        importlib.import_module(group + "_parity").add(cases)
        lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases.all)
        header = json.dumps({"made by": "nn/src/test/reference/parity.py", "PyTorch": torch.__version__})
        (out / (group + ".json")).write_text(header[:-1] + ',\n"cases":[\n' + lines + "\n]}\n")
        print(group, len(cases.all), "cases")


if __name__ == "__main__":
    sys.modules["parity"] = sys.modules["__main__"]
    sys.path.insert(0, str(HERE))
    main()
