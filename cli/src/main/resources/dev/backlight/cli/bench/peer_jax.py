"""The cases of `backlight bench` in JAX on the CPU, compiled: writes a JSON line for each.

usage: python peer_jax.py THREADS quick|full|memory CASE...

With `memory` each case runs a few times, and the line says the most memory that the process had.
"""
import json
import math
import os
import resource
import statistics
import sys
import time

threads, quick, wanted = int(sys.argv[1]), sys.argv[2] == "quick", set(sys.argv[3:])
if threads == 1 and hasattr(os, "sched_setaffinity"):
    # The pool of XLA has as many threads as there are processors.
    os.sched_setaffinity(0, {sorted(os.sched_getaffinity(0))[-1]})

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

jax.config.update("jax_enable_x64", True)
rng = np.random.default_rng(0)
memory = sys.argv[2] == "memory"
BUDGET = 0.05 if memory else 0.3 if quick else 0.6


def normal(*shape, dtype=np.float32):
    return jnp.asarray(rng.standard_normal(shape).astype(dtype))


def micros(run):
    """The median of many short runs after a warm-up, as on the other side."""
    begin = time.perf_counter()
    last = 1.0
    jax.block_until_ready(run())
    while time.perf_counter() - begin < BUDGET / 2:
        start = time.perf_counter()
        jax.block_until_ready(run())
        last = time.perf_counter() - start
    inner = max(1, min(10_000, int(50e-6 / max(last, 1e-9))))
    times = []
    begin = time.perf_counter()
    while len(times) < 3 or (len(times) < 2000 and time.perf_counter() - begin < BUDGET):
        start = time.perf_counter()
        for _ in range(inner):
            jax.block_until_ready(run())
        times.append((time.perf_counter() - start) / inner)
    return statistics.median(times) * 1e6


CASES = {}


def case(name, ready, per=1):
    CASES[name] = (ready, per)


def compiled(f, *make):
    """A case that applies one compiled function to arrays that are made when it is its turn."""
    def ready():
        arrays = [m() for m in make]
        g = jax.jit(f)
        return lambda: g(*arrays)
    return ready


def product(name, ta, tb, m, k, n, dtype=np.float32):
    case(name, compiled(lambda a, b: (a.T if ta else a) @ (b.T if tb else b),
                        lambda: normal(*((k, m) if ta else (m, k)), dtype=dtype),
                        lambda: normal(*((n, k) if tb else (k, n)), dtype=dtype)))


for n in (64, 128, 256, 512, 1024, 2048):
    product(f"sgemm_nn_{n}", False, False, n, n, n)
    product(f"dgemm_nn_{n}", False, False, n, n, n, np.float64)
product("sgemm_nt_512", False, True, 512, 512, 512)
product("sgemm_tn_512", True, False, 512, 512, 512)
product("sgemm_tt_512", True, True, 512, 512, 512)
product("sgemm_nn_128x784x512", False, False, 128, 784, 512)
product("sgemm_tn_784x128x512", True, False, 784, 128, 512)
product("sgemm_nt_128x512x784", False, True, 128, 512, 784)
product("sgemm_tt_128x784x512", True, True, 128, 784, 512)


def elementwise(n):
    def one():
        return normal(n)
    case(f"add_{n}", compiled(lambda x, y: x + y, one, one))
    case(f"exp_{n}", compiled(jnp.exp, one))
    case(f"tanh_{n}", compiled(jnp.tanh, one))
    case(f"sigmoid_{n}", compiled(jax.nn.sigmoid, one))
    case(f"chain_{n}", compiled(
        lambda x, w, b, m: jax.nn.gelu(x * w + b, approximate=True) * m, one, one, one, one))


for n in (1_000, 100_000, 10_000_000):
    elementwise(n)


def normalised(x, scale, shift):
    mean = x.mean(-1, keepdims=True)
    variance = ((x - mean) ** 2).mean(-1, keepdims=True)
    return (x - mean) * lax.rsqrt(variance + 1e-5) * scale + shift


def ones(d):
    return jnp.ones(d, np.float32)


def zeros(d):
    return jnp.zeros(d, np.float32)


case("softmax_1024x1000", compiled(lambda x: jax.nn.softmax(x, -1), lambda: normal(1024, 1000)))
case("layernorm_1024x768", compiled(
    normalised, lambda: normal(1024, 768), lambda: ones(768), lambda: zeros(768)))
case("layernorm_backward_1024x768", compiled(
    jax.grad(lambda x, g, b, w: (normalised(x, g, b) * w).sum()),
    lambda: normal(1024, 768), lambda: ones(768), lambda: zeros(768), lambda: normal(1024, 768)))


def convolved(x, w):
    return lax.conv_general_dilated(x, w, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"))


def pooled(x):
    # By a reshape: the transpose of a reduce-window is slow in XLA on the CPU.
    n, h, w, c = x.shape
    return x.reshape(n, h // 2, 2, w // 2, 2, c).max((2, 4))


def convolution(c, size, o):
    sizes = f"N32_{c}x{size}x{size}_{o}"
    x, w, y = (lambda: normal(32, size, size, c)), (lambda: normal(3, 3, c, o)), (lambda: normal(32, size, size, o))
    case(f"conv_forward_{sizes}", compiled(convolved, x, w))
    case(f"conv_backward_x_{sizes}", compiled(
        lambda a, b, g: jax.vjp(lambda t: convolved(t, b), a)[1](g), x, w, y))
    case(f"conv_backward_w_{sizes}", compiled(
        lambda a, b, g: jax.vjp(lambda t: convolved(a, t), b)[1](g), x, w, y))


convolution(32, 28, 64)
convolution(64, 14, 128)
case("conv_relu_pool_N64_1x28x28_32", compiled(
    lambda x, w: pooled(jnp.maximum(convolved(x, w), 0)),
    lambda: normal(64, 28, 28, 1), lambda: normal(3, 3, 1, 32)))


def linear(i, o):
    return normal(i, o) / np.float32(math.sqrt(i)), zeros(o)


def mlp():
    return [linear(784, 512), linear(512, 256), linear(256, 10)]


def mlp_apply(p, x):
    for w, b in p[:-1]:
        x = jnp.maximum(x @ w + b, 0)
    return x @ p[-1][0] + p[-1][1]


def cnn():
    return [(normal(3, 3, 1, 32) * .2, zeros(32)), (normal(3, 3, 32, 64) * .06, zeros(64)),
            linear(3136, 128), linear(128, 10)]


def cnn_apply(p, x):
    for w, b in p[:2]:
        x = pooled(jnp.maximum(convolved(x, w) + b, 0))
    x = jnp.maximum(x.reshape(x.shape[0], -1) @ p[2][0] + p[2][1], 0)
    return x @ p[3][0] + p[3][1]


def transformer():
    def block():
        return dict(n1=(ones(128), zeros(128)), n2=(ones(128), zeros(128)), qkv=linear(128, 384),
                    out=linear(128, 128), up=linear(128, 512), down=linear(512, 128))
    return dict(blocks=[block(), block()], norm=(ones(128), zeros(128)), head=linear(128, 10))


def transformer_apply(p, x):
    n, t, d = x.shape
    for q in p["blocks"]:
        h = normalised(x, *q["n1"]) @ q["qkv"][0] + q["qkv"][1]
        qs, ks, vs = jnp.transpose(h.reshape(n, t, 3, 4, d // 4), (2, 0, 3, 1, 4))
        a = jax.nn.softmax(jnp.einsum("bhtd,bhsd->bhts", qs, ks) / np.float32(math.sqrt(d // 4)), -1)
        a = jnp.transpose(jnp.einsum("bhts,bhsd->bhtd", a, vs), (0, 2, 1, 3)).reshape(n, t, d)
        x = x + a @ q["out"][0] + q["out"][1]
        up = jax.nn.gelu(normalised(x, *q["n2"]) @ q["up"][0] + q["up"][1], approximate=False)
        x = x + up @ q["down"][0] + q["down"][1]
    return normalised(x, *p["norm"]).mean(1) @ p["head"][0] + p["head"][1]


def lstm():
    return dict(wi=normal(64, 512) * np.float32(.1), wh=normal(128, 512) * np.float32(.1),
                b=zeros(512), head=linear(128, 10))


def lstm_apply(p, x):
    n = x.shape[0]

    def step(carry, xt):
        h, s = carry
        i, f, g, o = jnp.split(xt + h @ p["wh"], 4, -1)
        s = jax.nn.sigmoid(f) * s + jax.nn.sigmoid(i) * jnp.tanh(g)
        h = jax.nn.sigmoid(o) * jnp.tanh(s)
        return (h, s), None
    start = (jnp.zeros((n, 128), np.float32),) * 2
    (h, _), _ = lax.scan(step, start, jnp.swapaxes(x @ p["wi"] + p["b"], 0, 1))
    return h @ p["head"][0] + p["head"][1]


MODELS = {"mlp": (mlp, mlp_apply, (784,), 128, 256), "cnn": (cnn, cnn_apply, (28, 28, 1), 64, 64),
          "transformer": (transformer, transformer_apply, (64, 128), 16, 16),
          "lstm": (lstm, lstm_apply, (32, 64), 32, 0)}
each = jax.tree_util.tree_map


def training(name, make, apply, shape, batch):
    def ready():
        x, y = normal(batch, *shape), jnp.asarray(rng.integers(0, 10, batch))

        def loss(p):
            return -jnp.take_along_axis(jax.nn.log_softmax(apply(p, x)), y[:, None], 1).mean()

        def step(state):
            p, m, v, t = state
            g = jax.grad(loss)(p)
            t = t + 1
            m = each(lambda m, g: np.float32(.9) * m + np.float32(.1) * g, m, g)
            v = each(lambda v, g: np.float32(.999) * v + np.float32(.001) * g * g, v, g)
            c1, c2 = 1 - np.float32(.9) ** t, 1 - np.float32(.999) ** t
            p = each(lambda p, m, v: p - np.float32(1e-4) * (m / c1) / (jnp.sqrt(v / c2) + np.float32(1e-8)),
                     p, m, v)
            return p, m, v, t
        stepped = jax.jit(step, donate_argnums=0)
        p = make()
        state = [(p, each(jnp.zeros_like, p), each(jnp.zeros_like, p), jnp.float32(0))]

        def run():
            state[0] = stepped(state[0])
            return state[0]
        return run
    case(f"train_{name}_b{batch}", ready)


def best(*ready):
    """The fastest of several ways."""
    def run():
        return min((micros(r()), i) for i, r in enumerate(ready))[0]
    return run


def explaining(name, make, apply, shape, inputs):
    def slope(p, points):
        return jax.grad(lambda q: apply(p, q)[:, 3].sum())(points)

    def gathered(nodes, per):
        def f(p, x):
            alphas = ((jnp.arange(nodes, dtype=np.float32) + np.float32(.5)) / np.float32(nodes))
            alphas = alphas.reshape(nodes // per, per)

            def block(total, a):
                points = (a.reshape(-1, 1, *[1] * len(shape)) * x[None]).reshape(-1, *shape)
                return total + slope(p, points).reshape(per, inputs, *shape).sum(0), None
            return lax.scan(block, jnp.zeros_like(x), alphas)[0] * x / np.float32(nodes)
        return compiled(f, make, lambda: normal(inputs, *shape))
    case(f"inputgrad_{name}_b{inputs}", compiled(slope, make, lambda: normal(inputs, *shape)))
    for nodes in (50, 256):
        sizes = (256, 1024) if name == "mlp" else (16, 64)
        ways = set()
        for size in sizes:
            per = max(1, min(nodes, size // inputs))
            while nodes % per:
                per -= 1
            ways.add(per)
        CASES[f"ig{nodes}_{name}_b{inputs}"] = (best(*(gathered(nodes, per) for per in sorted(ways))), None)


for name, (make, apply, shape, batch, many) in MODELS.items():
    training(name, make, apply, shape, batch)
    if many:
        explaining(name, make, apply, shape, 1)
        explaining(name, make, apply, shape, many)


def chain(x):
    c, z = x * np.float32(.5), x
    d = c + np.float32(.6)
    for _ in range(500):
        z = (z + c) * d
    return z.sum()


case("tape_1000_ops_per_op", compiled(jax.grad(chain), lambda: ones(4)), 1000)

for name, (ready, per) in CASES.items():
    if name in wanted:
        us = ready() if per is None else micros(ready()) / per
        mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"case": name, "mb" if memory else "us": mb if memory else us}), flush=True)
