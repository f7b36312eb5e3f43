"""The cases of `backlight bench` in PyTorch on the CPU: writes a JSON line for each.

usage: python peer_torch.py THREADS quick|full|memory CASE...

With `memory` each case runs a few times, and the line says the most memory that the process had.
"""
import json
import os
import resource
import statistics
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

try:
    from captum.attr import IntegratedGradients
except ImportError:
    IntegratedGradients = None

threads, quick, wanted = int(sys.argv[1]), sys.argv[2] == "quick", set(sys.argv[3:])
torch.set_num_threads(threads)
torch.manual_seed(0)
memory = sys.argv[2] == "memory"
BUDGET = 0.05 if memory else 0.3 if quick else 0.6


def micros(run):
    """The median of many short runs after a warm-up, as on the other side."""
    begin = time.perf_counter()
    last = 1.0
    while time.perf_counter() - begin < BUDGET / 2:
        start = time.perf_counter()
        run()
        last = time.perf_counter() - start
    inner = max(1, min(10_000, int(50e-6 / max(last, 1e-9))))
    times = []
    begin = time.perf_counter()
    while len(times) < 3 or (len(times) < 2000 and time.perf_counter() - begin < BUDGET):
        start = time.perf_counter()
        for _ in range(inner):
            run()
        times.append((time.perf_counter() - start) / inner)
    return statistics.median(times) * 1e6


CASES = {}
CAPTUM = {}


def case(name, per=1):
    def add(make):
        CASES[name] = (make, per)
        return make
    return add


def product(name, ta, tb, m, k, n, dtype=torch.float32):
    @case(name)
    def make():
        a = torch.randn((k, m) if ta else (m, k), dtype=dtype)
        b = torch.randn((n, k) if tb else (k, n), dtype=dtype)
        a, b = a.t() if ta else a, b.t() if tb else b
        c = torch.empty(m, n, dtype=dtype)
        return lambda: torch.mm(a, b, out=c)


for n in (64, 128, 256, 512, 1024, 2048):
    product(f"sgemm_nn_{n}", False, False, n, n, n)
    product(f"dgemm_nn_{n}", False, False, n, n, n, torch.float64)
product("sgemm_nt_512", False, True, 512, 512, 512)
product("sgemm_tn_512", True, False, 512, 512, 512)
product("sgemm_tt_512", True, True, 512, 512, 512)
product("sgemm_nn_128x784x512", False, False, 128, 784, 512)
product("sgemm_tn_784x128x512", True, False, 784, 128, 512)
product("sgemm_nt_128x512x784", False, True, 128, 512, 784)
product("sgemm_tt_128x784x512", True, True, 128, 784, 512)


def elementwise(n):
    def make(f):
        def ready():
            x, w, b, m = (torch.randn(n) for _ in range(4))
            out = torch.empty(n)
            return lambda: f(x, w, b, m, out)
        return ready
    CASES[f"add_{n}"] = (make(lambda x, w, b, m, o: torch.add(x, w, out=o)), 1)
    CASES[f"exp_{n}"] = (make(lambda x, w, b, m, o: torch.exp(x, out=o)), 1)
    CASES[f"tanh_{n}"] = (make(lambda x, w, b, m, o: torch.tanh(x, out=o)), 1)
    CASES[f"sigmoid_{n}"] = (make(lambda x, w, b, m, o: torch.sigmoid(x, out=o)), 1)
    CASES[f"chain_{n}"] = (
        make(lambda x, w, b, m, o: F.gelu(x * w + b, approximate="tanh") * m), 1)


for n in (1_000, 100_000, 10_000_000):
    elementwise(n)


@case("softmax_1024x1000")
def softmax():
    x, out = torch.randn(1024, 1000), torch.empty(1024, 1000)
    return lambda: torch.softmax(x, 1, out=out)


@case("layernorm_1024x768")
def layernorm():
    x, g, b = torch.randn(1024, 768), torch.ones(768), torch.zeros(768)
    return lambda: F.layer_norm(x, (768,), g, b)


@case("layernorm_backward_1024x768")
def layernorm_backward():
    x = torch.randn(1024, 768, requires_grad=True)
    g, b, weight = torch.ones(768), torch.zeros(768), torch.randn(1024, 768)

    def run():
        y = F.layer_norm(x, (768,), g, b)
        torch.autograd.grad((y * weight).sum(), x)
    return run


def convolution(c, size, o):
    sizes = f"N32_{c}x{size}x{size}_{o}"
    x, w, y = (32, c, size, size), (o, c, 3, 3), (32, o, size, size)
    back = torch.ops.aten.convolution_backward

    def forward():
        a, b = torch.randn(x), torch.randn(w)
        return lambda: F.conv2d(a, b, padding=1)

    def backward(mask):
        def ready():
            a, b, g = torch.randn(x), torch.randn(w), torch.randn(y)
            return lambda: back(g, a, b, None, [1, 1], [1, 1], [1, 1], False, [0, 0], 1, mask)
        return ready
    CASES[f"conv_forward_{sizes}"] = (forward, 1)
    CASES[f"conv_backward_x_{sizes}"] = (backward([True, False, False]), 1)
    CASES[f"conv_backward_w_{sizes}"] = (backward([False, True, False]), 1)


convolution(32, 28, 64)
convolution(64, 14, 128)


@case("conv_relu_pool_N64_1x28x28_32")
def first_layer():
    x, w = torch.randn(64, 1, 28, 28), torch.randn(32, 1, 3, 3)
    return lambda: F.max_pool2d(F.relu(F.conv2d(x, w, padding=1)), 2)


class Block(nn.Module):
    def __init__(self, d=128, heads=4, inner=512):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(d), nn.LayerNorm(d)
        self.qkv, self.out = nn.Linear(d, 3 * d), nn.Linear(d, d)
        self.up, self.down = nn.Linear(d, inner), nn.Linear(inner, d)

    def forward(self, x):
        n, t, d = x.shape
        q, k, v = self.qkv(self.norm1(x)).view(n, t, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        a = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(n, t, d)
        x = x + self.out(a)
        return x + self.down(F.gelu(self.up(self.norm2(x))))


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = nn.Sequential(Block(), Block())
        self.norm, self.head = nn.LayerNorm(128), nn.Linear(128, 10)

    def forward(self, x):
        return self.head(self.norm(self.blocks(x)).mean(1))


class Lstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm, self.head = nn.LSTM(64, 128, batch_first=True), nn.Linear(128, 10)

    def forward(self, x):
        return self.head(self.lstm(x)[0][:, -1])


def mlp():
    return nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, 10))


def cnn():
    return nn.Sequential(
        nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(3136, 128), nn.ReLU(), nn.Linear(128, 10))


MODELS = {"mlp": (mlp, (784,), 128, 256), "cnn": (cnn, (1, 28, 28), 64, 64),
          "transformer": (Transformer, (64, 128), 16, 16), "lstm": (Lstm, (32, 64), 32, 0)}


def best(*ready):
    """The fastest of several ways."""
    def run():
        return min((micros(r()), i) for i, r in enumerate(ready))[0]
    return run


def training(name, make, shape, batch):
    def step(layout):
        def ready():
            model, x, y = make(), torch.randn(batch, *shape), torch.randint(0, 10, (batch,))
            if layout is not None:
                model, x = model.to(memory_format=layout), x.contiguous(memory_format=layout)
            adam = torch.optim.Adam(model.parameters(), lr=1e-4, fused=True)

            def run():
                adam.zero_grad(set_to_none=True)
                F.cross_entropy(model(x), y).backward()
                adam.step()
            return run
        return ready
    layouts = [None, torch.channels_last] if name == "cnn" else [None]
    CASES[f"train_{name}_b{batch}"] = (best(*(step(layout) for layout in layouts)), None)


def explaining(name, make, shape, inputs):
    def prepared():
        model = make().eval()
        for p in model.parameters():
            p.requires_grad_(False)
        return model, torch.randn(inputs, *shape)

    def slope(model, points):
        points = points.detach().requires_grad_()
        return torch.autograd.grad(model(points)[:, 3].sum(), points)[0]

    def gathered(nodes, size):
        def ready():
            model, x = prepared()
            alphas = (torch.arange(nodes) + 0.5) / nodes

            def run():
                total = torch.zeros_like(x)
                for a in alphas.split(max(1, size // inputs)):
                    points = (a.view(-1, 1, *[1] * len(shape)) * x[None]).reshape(-1, *shape)
                    total += slope(model, points).view(len(a), inputs, *shape).sum(0)
                return total * x / nodes
            return run
        return ready

    def input_gradient():
        model, x = prepared()
        return lambda: slope(model, x)

    def captum(nodes, size):
        def ready():
            model, x = prepared()
            method = IntegratedGradients(model)
            return lambda: method.attribute(
                x, target=3, n_steps=nodes, internal_batch_size=max(size, inputs))
        return ready
    CASES[f"inputgrad_{name}_b{inputs}"] = (input_gradient, 1)
    sizes = (256, 1024) if name == "mlp" else (16, 64)
    for nodes in (50, 256):
        CASES[f"ig{nodes}_{name}_b{inputs}"] = (best(*(gathered(nodes, s) for s in sizes)), None)
        if IntegratedGradients is not None:
            CAPTUM[f"ig{nodes}_{name}_b{inputs}"] = (best(*(captum(nodes, s) for s in sizes)), None)


for name, (make, shape, batch, many) in MODELS.items():
    training(name, make, shape, batch)
    if many:
        explaining(name, make, shape, 1)
        explaining(name, make, shape, many)


@case("tape_1000_ops_per_op", 1000)
def tape():
    def run():
        x = torch.ones(4, requires_grad=True)
        c, z = x * 0.5, x
        d = c + 0.6
        for _ in range(500):
            z = (z + c) * d
        z.sum().backward()
    return run


def rebuilt(file):
    """The function of an ONNX file with the ops of ResNet-50, in PyTorch's."""
    import onnx
    from onnx import numpy_helper

    graph = onnx.load(file).graph
    weights = {w.name: torch.from_numpy(numpy_helper.to_array(w).copy()) for w in graph.initializer}
    steps = []
    for node in graph.node:
        a = {b.name: onnx.helper.get_attribute_value(b) for b in node.attribute}
        pads, stride, kernel = a.get("pads", [0] * 4), a.get("strides", [1, 1]), a.get("kernel_shape")
        if pads[:2] != pads[2:]:
            raise ValueError(f"{node.op_type} needs the same padding on both sides, got {pads}")
        f = {
            "Conv": lambda x, w, b=None, a=a, p=pads, s=stride: F.conv2d(
                x, w, b, s, p[:2], a.get("dilations", 1), a.get("group", 1)),
            "BatchNormalization": lambda x, g, b, m, v, a=a: F.batch_norm(
                x, m, v, g, b, False, 0.0, a.get("epsilon", 1e-5)),
            "Relu": F.relu,
            "MaxPool": lambda x, k=kernel, p=pads, s=stride: F.max_pool2d(x, k, s, p[:2]),
            "AveragePool": lambda x, k=kernel, p=pads, s=stride: F.avg_pool2d(x, k, s, p[:2]),
            "Add": torch.add,
            "Sum": lambda *x: sum(x[1:], x[0]),
            "Reshape": lambda x, _: x.flatten(1),
            "Gemm": lambda x, w, b, a=a: F.linear(x, w if a.get("transB") else w.t(), b),
        }[node.op_type]
        steps.append((f, list(node.input), node.output[0]))
    (start,) = [i.name for i in graph.input if i.name not in weights]
    end = graph.output[0].name

    def run(x, layout):
        v = dict(layout, **{start: x})
        for f, inputs, output in steps:
            v[output] = f(*(v[i] for i in inputs))
        return v[end]
    return run, weights


def resnet(layout, job):
    def ready():
        run, weights = rebuilt(os.path.join(os.environ["BACKLIGHT_BENCH_ONNX"], "model.onnx"))
        held = {n: w.contiguous(memory_format=layout) if w.dim() == 4 else w for n, w in weights.items()}
        x = torch.randn(1, 3, 224, 224).contiguous(memory_format=layout)

        def slope(points):
            points = points.detach().requires_grad_()
            return torch.autograd.grad(run(points, held)[:, 3].sum(), points)[0]

        def forward():
            with torch.no_grad():
                return run(x, held)

        def gathered():
            total = torch.zeros_like(x)
            for a in ((torch.arange(32) + 0.5) / 32).split(8):
                total += slope((a.view(-1, 1, 1, 1) * x).contiguous(memory_format=layout)).sum(0)
            return total * x / 32
        return {"forward": forward, "inputgrad": lambda: slope(x), "ig32": gathered}[job]
    return ready


if "BACKLIGHT_BENCH_ONNX" in os.environ:
    for job in ("forward", "inputgrad", "ig32"):
        layouts = (torch.contiguous_format, torch.channels_last)
        CASES[f"onnx_resnet50_{job}"] = (best(*(resnet(layout, job) for layout in layouts)), None)


def write(cases, **who):
    for name, (ready, per) in cases.items():
        if name in wanted:
            us = ready() if per is None else micros(ready()) / per
            mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(json.dumps({"case": name, "mb" if memory else "us": mb if memory else us, **who}), flush=True)


write(CASES)
write(CAPTUM, peer="captum")
