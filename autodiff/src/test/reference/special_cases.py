import mpmath
import torch
from reference import P, R, T, U


class Psi(torch.autograd.Function):
    """The polygamma functions by mpmath: those of PyTorch are right to ten digits only."""

    @staticmethod
    def forward(ctx, x, n):
        ctx.save_for_backward(x)
        ctx.n = n
        return x.detach().clone().apply_(lambda v: float(mpmath.psi(n, v)))

    @staticmethod
    def backward(ctx, g):
        return g * Psi.apply(ctx.saved_tensors[0], ctx.n + 1), None


class LogGamma(torch.autograd.Function):
    """The logarithm of the gamma function's size by mpmath."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.detach().clone().apply_(lambda v: float(mpmath.loggamma(v).real))

    @staticmethod
    def backward(ctx, g):
        return g * Psi.apply(ctx.saved_tensors[0], 0)


def add(c):
    for name in ["asin", "acos", "atanh", "erfinv"]:
        c(name, f"torch.{name}(x)", U(2, 4))
    for name in ["atan", "sinh", "cosh", "asinh", "exp2", "erfc", "sinc"]:
        c(name, f"torch.{name}(x)", U(2, 4, low=-3, high=3))
    c("acosh", "torch.acosh(x)", U(5, low=1.1, high=9))
    for name in ["log2", "log10"]:
        c(name, f"torch.{name}(x)", P(2, 3))
    gammas = dict(source="mpmath", lgamma=LogGamma.apply, psi=lambda n, x: Psi.apply(x, n))
    c("lgamma", "lgamma(x)", P(2, 3), **gammas)
    c("lgamma/left", "lgamma(x)", T([-0.4, -1.7, -2.2, -7.6]), **gammas)
    c("lgamma/right", "lgamma(x)", T([2.5, 7.9, 8.1, 33.0, 1e5]), **gammas)
    c("digamma", "psi(0, x)", P(2, 3), **gammas)
    c("digamma/left", "psi(0, x)", T([-0.4, -1.7, -2.2, -7.6]), **gammas)
    for n in range(1, 5):
        c(f"polygamma/{n}", f"psi({n}, x)", T([0.3, 1.0, 2.7, 11.5, 40.0]), **gammas)
    c("atan2", "torch.atan2(x, y)", R(2, 3), R(3))
    c("hypot", "torch.hypot(x, y)", R(2, 3), R(2, 1))
    c("hypot/number", "torch.hypot(x, torch.full_like(x, 1.5))", R(4))
    c("cbrt", "torch.sign(x) * torch.abs(x) ** (1 / 3)", R(6))
    c("logAddExp", "torch.logaddexp(x, y)", U(2, 3, low=-9, high=9), U(3, low=-9, high=9))
    c("xlogy", "torch.xlogy(x, y)", R(2, 3), P(3))
    c("xlog1py", "torch.special.xlog1py(x, y)", R(2, 3), P(3))
    c("xlogy/zero", "torch.xlogy(x, y)", T([0.0, 1.5, -2.0]), T([2.0, 0.5, 3.0]))
    c("entr", "torch.special.entr(x)", P(5))
    c("logit", "torch.logit(x)", U(6, low=0.05, high=0.95))
    c("remainder", "torch.remainder(x, y)", R(2, 6), R(6))
    c("remainder/number", "torch.remainder(x, -0.7)", R(6))
    c("fmod", "torch.fmod(x, y)", R(2, 6), R(6))
    c("fmod/number", "torch.fmod(x, -0.7)", T([0.3, -0.5, 1.1, 1.9, -2.5, 0.9]))
    c("floorDiv", "torch.floor_divide(x, y)", R(2, 6), R(6), order=0)
    c("floorDiv/number", "torch.floor_divide(x, -0.7)", R(6), order=0)
    c("truncDiv", "torch.div(x, y, rounding_mode='trunc')", R(2, 6), R(6), order=0)
    c("trunc", "torch.trunc(x)", U(6, low=-4, high=4))
    c("frac", "torch.frac(x)", U(6, low=-4, high=4))
    c("copysign", "torch.copysign(x, y)", R(2, 3), R(3))
    special = T([1.5, float("nan"), float("inf"), float("-inf"), -0.0])
    c("isNan", "torch.isnan(x)", special)
    c("isInf", "torch.isinf(x)", special)
    c("isFinite", "torch.isfinite(x)", special)
    c("nanToNum", "torch.nan_to_num(x, 7.0, 8.0, -9.0)", R(4))
    c("lerp", "torch.lerp(x, y, z)", R(2, 3), R(3), U(2, 1))
    c("lerp/number", "torch.lerp(x, y, 0.3)", R(2, 3), R(3))
    c("lerp/late", "torch.lerp(x, y, 0.8)", R(2, 3), R(3))
    c("clamp/tensors", "torch.clamp(x, y, z)", R(8), U(8, low=-0.9, high=-0.1), U(8, low=0.1, high=0.9))
    c("erfcx", "torch.special.erfcx(x)", T([-3.0, -0.5, 0.3, 2.0, 5.97, 6.1]))
    c("erfc/tail", "torch.erfc(x)", T([0.49, 0.51, 3.0, 5.0, 6.1]))
    c("ndtr", "torch.special.ndtr(x)", U(6, low=-5, high=5))
    c("logNdtr", "torch.special.log_ndtr(x)", U(8, low=-4, high=4))
    c("softsign", "F.softsign(x)", R(6))
    c("selu", "F.selu(x)", R(6))
    c("celu", "torch.where(x > 0, x, 1.7 * torch.expm1(x / 1.7))", R(6))
    c("mish", "F.mish(x)", R(6))
    c("hardSigmoid", "F.relu6(x + 3) / 6", U(6, low=-5, high=5))
    c("hardSwish", "x * F.relu6(x + 3) / 6", U(6, low=-5, high=5))
    c("hardTanh", "F.hardtanh(x)", U(6, low=-2, high=2))
    c("softShrink", "F.softshrink(x, 0.4)", R(6))
    c("hardShrink", "F.hardshrink(x, 0.4)", R(6))
    c("tanhShrink", "F.tanhshrink(x)", R(6))
    c("threshold", "F.threshold(x, 0.2, -3.0)", R(6))
    c("squareplus", "(x + torch.sqrt(x * x + 4)) / 2", R(6))
    c("glu", "F.glu(x, 1)", R(2, 6))
    c("leakyRelu/negative", "F.leaky_relu(x, -0.3)", R(6))
    c("elu/steep", "F.elu(x, 1.7)", R(6))
