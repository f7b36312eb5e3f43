from reference import R, T

ZEROS = T([[2.0, 0, 3, 4], [0, 5, 0, 2]])


def add(c):
    c("cumsum", "x.cumsum(1)", R(2, 4))
    c("cumsumBackwards", "x.flip(0).cumsum(0).flip(0)", R(4, 2))
    c("cumprod", "x.cumprod(1)", R(2, 4))
    c("cumprod/zeros", "x.cumprod(1)", ZEROS, order=1)
    c("recurrence", "torch.stack([y[:, 0], y0 := x[:, 1] * y[:, 0] + y[:, 1], x[:, 2] * y0 + y[:, 2]], 1)", R(2, 3), R(2, 3))
    c("logCumSumExp", "x.logcumsumexp(1)", R(2, 4))
    c("cummax", "[(s := x.cummax(1)).values, s.indices.int()]", R(2, 5))
    c("cummin", "[(s := x.cummin(0)).values, s.indices.int()]", R(5, 2))
    c("diff", "x.diff(dim=1)", R(2, 4))
    c("prod", "x.prod()", R(2, 3))
    c("prod/axes", "x.prod(2).prod(0)", R(2, 3, 2))
    c("prod/zeros", "x.prod(1)", ZEROS, order=1)
    c("prodKeep", "x.prod(1, keepdim=True)", R(2, 3))
