import math

import torch
from parity import R, T

LOSSES = T([3.0, 2.5, 2.5, 2.49, 2.6, 2.2, 2.1, 2.0999, 2.1, 2.3, 1.0, 1.05, 1.01, 0.95, 0.8, 0.8, 0.8, 0.8])


def plateau(options):
    """The scales after each epoch with these losses."""

    def run(losses):
        rule = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
        schedule = torch.optim.lr_scheduler.ReduceLROnPlateau(rule, **options)
        after = []
        for loss in losses:
            schedule.step(loss.item())
            after.append(rule.param_groups[0]["lr"])
        return torch.tensor(after)

    return run


def steps(make):
    """The parameters after each of some steps with given gradients."""

    def run(p, gradients):
        p = p.clone().requires_grad_()
        rule = make([p])
        after = []
        for g in gradients:
            p.grad = g.clone()
            rule.step()
            after.append(p.detach().clone())
        return torch.stack(after)

    return run


def clipped(make, clip):
    def run(p, gradients):
        p = p.clone().requires_grad_()
        rule = make([p])
        after = []
        for g in gradients:
            p.grad = g.clone()
            clip([p])
            rule.step()
            after.append(p.detach().clone())
        return torch.stack(after)

    return run


def clip_by_norm(parameters):
    """clip_grad_norm_ without the 1e-6 that it adds to the norm."""
    for p in parameters:
        p.grad *= (0.5 / p.grad.norm()).clamp(max=1)


def lion(p, gradients):
    """Algorithm 2 of Chen et al. (2023), with decay 0.1."""
    p, m, after = p.clone(), torch.zeros_like(p), []
    for g in gradients:
        p = p - 0.05 * (torch.sign(0.9 * m + 0.1 * g) + 0.1 * p)
        m = 0.99 * m + 0.01 * g
        after.append(p)
    return torch.stack(after)


def lamb(p, gradients):
    """Algorithm 2 of You et al. (2020), with decay 0.01 and the identity for phi."""
    p, m, v, after = p.clone(), torch.zeros_like(p), torch.zeros_like(p), []
    for t, g in enumerate(gradients, 1):
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        r = (m / (1 - 0.9**t)) / ((v / (1 - 0.999**t)).sqrt() + 1e-6)
        d = r + 0.01 * p
        p = p - 0.05 * p.norm() / d.norm() * d
        after.append(p)
    return torch.stack(after)


def accumulated(p, gradients):
    """Steps on the mean of every two gradients; in between nothing happens."""
    p = p.clone().requires_grad_()
    rule = torch.optim.AdamW([p], 0.05, weight_decay=0.2)
    after = []
    for i, g in enumerate(gradients):
        (p * g / 2).sum().backward()
        if i % 2 == 1:
            rule.step()
            rule.zero_grad()
        after.append(p.detach().clone())
    return torch.stack(after)


def averaged(p, gradients):
    """The running means that torch.optim.swa_utils keeps."""
    module = torch.nn.Module()
    module.p = torch.nn.Parameter(p.clone())
    mean = torch.optim.swa_utils.AveragedModel(module, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.8))
    mean.update_parameters(module)
    rule = torch.optim.SGD([module.p], 0.1)
    after = []
    for g in gradients:
        module.p.grad = g.clone()
        rule.step()
        mean.update_parameters(module)
        after.append(mean.module.p.detach().clone())
    return torch.stack(after)


def rates(make, count):
    """The learning rate of each step."""

    def run():
        rule = torch.optim.SGD([torch.zeros(1)], lr=0.5)
        schedule = make(rule)
        seen = []
        for _ in range(count):
            seen.append(rule.param_groups[0]["lr"])
            rule.step()
            schedule.step()
        return torch.tensor(seen)

    return run


def add(c):
    o = torch.optim

    def rule(name, make):
        c("rule/" + name, steps(make), R(2, 3), R(8, 2, 3), gradients=False)

    rule("sgd", lambda p: o.SGD(p, 0.1))
    rule("momentum", lambda p: o.SGD(p, 0.1, momentum=0.9))
    rule("nesterov", lambda p: o.SGD(p, 0.1, momentum=0.8, nesterov=True, weight_decay=0.3))
    rule("adam", lambda p: o.Adam(p, 0.05))
    rule("adamW", lambda p: o.AdamW(p, 0.05, weight_decay=0.2))
    rule("nadam", lambda p: o.NAdam(p, 0.05))
    rule("rmsProp", lambda p: o.RMSprop(p, 0.05))
    rule("rmsProp/momentum", lambda p: o.RMSprop(p, 0.05, alpha=0.9, momentum=0.5))
    rule("adagrad", lambda p: o.Adagrad(p, 0.1))
    rule("adadelta", lambda p: o.Adadelta(p, 1.0))
    c("rule/clippedByNorm", clipped(lambda p: o.SGD(p, 0.1), clip_by_norm), R(2, 3), R(4, 2, 3), gradients=False)
    c("rule/clippedByValue", clipped(lambda p: o.SGD(p, 0.1), lambda p: torch.nn.utils.clip_grad_value_(p, 0.5)), R(2, 3), R(4, 2, 3), gradients=False)

    c("rule/lion", lion, R(2, 3), R(8, 2, 3), gradients=False)
    c("rule/lamb", lamb, R(2, 3), R(8, 2, 3), gradients=False)
    c("rule/accumulating", accumulated, R(2, 3), R(8, 2, 3), gradients=False)
    c("mean/averaging", averaged, R(2, 3), R(8, 2, 3), gradients=False)

    s = torch.optim.lr_scheduler

    def schedule(name, make, count=30):
        c("schedule/" + name, rates(make, count), gradients=False)

    schedule("constant", lambda r: s.ConstantLR(r, factor=1))
    schedule("cosine", lambda r: s.CosineAnnealingLR(r, 29))
    schedule("cosineRestarts", lambda r: s.CosineAnnealingWarmRestarts(r, 7))
    schedule("cosineRestarts/longer", lambda r: s.CosineAnnealingWarmRestarts(r, 4, T_mult=2))
    schedule("exponential", lambda r: s.ExponentialLR(r, 0.9))
    schedule("step", lambda r: s.StepLR(r, 7, gamma=0.3))
    schedule("polynomial", lambda r: s.PolynomialLR(r, 20, power=1.7))
    schedule("warmup", lambda r: s.LinearLR(r, start_factor=0.1, total_iters=9))
    schedule("warmup/cosine", lambda r: s.LambdaLR(r, lambda i: min(1, (i + 1) / 5) * (1 + math.cos(math.pi * min(i, 29) / 29)) / 2))
    schedule("oneCycle", lambda r: s.OneCycleLR(r, 0.5, total_steps=30, pct_start=0.3))

    for name, options in {
        "plateau/usual": dict(factor=0.5, patience=1),
        "plateau/bounded": dict(factor=0.1, patience=0, threshold=0.1, min_lr=0.05),
    }.items():
        c(name, plateau(options), LOSSES, gradients=False)
