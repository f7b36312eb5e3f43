from reference import R, T


def scanned(step, carry, xs):
    """The last carry and all outputs of a recurrence."""
    import torch

    ys = []
    for x in xs:
        carry, y = step(carry, x)
        ys.append(y)
    return carry, torch.stack(ys)


def backwards(step, carry, xs):
    import torch

    ys = []
    for x in torch.flip(xs, (0,)):
        carry, y = step(carry, x)
        ys.append(y)
    return carry, torch.stack(ys[::-1])


def grown(y, x):
    """Doubles and shifts until the squares add up to a hundred."""
    while (y * y).sum() < 100:
        y = y * 1.5 + x
    return y


def add(c):
    c("sumOver", "sum(torch.tanh(x[i] @ y) for i in range(3))", R(3, 2), R(2, 2))
    c("mapOver", "torch.stack([torch.tanh(x[i] @ y) for i in range(3)])", R(3, 2), R(2, 2))
    c("vmap", "torch.func.vmap(lambda row: torch.tanh(row @ y))(x)", R(3, 2), R(2, 2))
    c("call", "torch.tanh(x @ y).exp()", R(3, 2), R(2, 2))
    step = "lambda h, a: (torch.tanh(h @ z + a), torch.sin(h * a))"
    c("scan", "list(scanned(" + step + ", x, y))", R(2), R(4, 2), R(2, 2), scanned=scanned)
    c("scanBackwards", "list(backwards(" + step + ", x, y))", R(2), R(4, 2), R(2, 2), backwards=backwards)
    c(
        "scan/length",
        "list(scanned(lambda h, _: (torch.sin(h) + y, h * h), x, range(3)))",
        R(2),
        R(2),
        scanned=scanned,
    )
    c("cond", "torch.tanh(y * z) if x else y * y", T(True), R(3), R(3))
    c("cond/no", "torch.tanh(y * z) if x else y * y", T(False), R(3), R(3))
    c("whileLoop", "grown(x, y)", T([1.0, -0.5]), T([0.3, 0.2]), grown=grown, order=0)
    c("whileLoop/bound", "grown(x, y)", T([1.0, -0.5]), T([0.3, 0.2]), grown=grown)
