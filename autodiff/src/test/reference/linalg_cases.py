from reference import R, REG, SPD, SYM, T

SIGN = "(lambda v: v * torch.sign(v.gather(-2, v.abs().argmax(-2, keepdim=True))).detach())"


def add(c):
    sym = "(lambda a: (a + a.mT) / 2)"
    c("cholesky", f"torch.linalg.cholesky({sym}(x))", SPD(3, 3))
    c("cholesky/batch", f"torch.linalg.cholesky({sym}(x))", SPD(2, 2, 2))
    # PyTorch leaves the signs to LAPACK; ours has nothing negative on the diagonal of r.
    positive = "(lambda q, r: (s := torch.sign(r.diagonal(0, -2, -1)).detach(), q * s[..., None, :], r * s[..., None])[1:])"
    c("qr", f"{positive}(*torch.linalg.qr(x))", REG(3, 3))
    c("qr/tall", f"{positive}(*torch.linalg.qr(x))", REG(4, 2))
    c("qr/wide", f"{positive}(*torch.linalg.qr(x))", REG(2, 3))
    c("eigh", f"(lambda e: [e[0], {SIGN}(e[1])])(torch.linalg.eigh({sym}(x)))", SYM(3, 3))
    c("eigvalsh", f"torch.linalg.eigvalsh({sym}(x))", SYM(2, 3, 3))
    c("eigvalsh/equal", f"torch.linalg.eigvalsh({sym}(x))", T([[2.0, 0], [0, 2]]), order=0)
    usv = "(lambda u, s, v: (g := torch.sign(u.gather(-2, u.abs().argmax(-2, keepdim=True))).detach(), u * g, s, v * g.mT)[1:])"
    c("svd", f"{usv}(*torch.linalg.svd(x, full_matrices=False))", REG(3, 3))
    c("svd/wide", f"{usv}(*torch.linalg.svd(x, full_matrices=False))", REG(2, 3))
    c("singularValues", "torch.linalg.svdvals(x)", REG(2, 3, 2))
    c("solve", "torch.linalg.solve(x, y)", REG(2, 3, 3), R(2, 3, 2))
    c("solve/vector", "torch.linalg.solve(x, y)", REG(3, 3), R(3))
    c("solve/broadcast", "torch.linalg.solve(x, y)", REG(3, 3), R(2, 3, 2))
    c("triangularSolve", "torch.linalg.solve_triangular(x.tril(), y, upper=False)", REG(3, 3), R(3, 2))
    c("triangularSolve/flags", "torch.linalg.solve_triangular(x.triu(1).mT, y, upper=False, unitriangular=True)", REG(3, 3), R(3, 2))
    c("triangularSolveRight", "torch.linalg.solve_triangular(x.triu(), y, upper=True, left=False)", REG(3, 3), R(2, 3))
    c("choleskySolve", "torch.cholesky_solve(y, x.tril())", SPD(3, 3), R(3, 2))
    c("choleskySolve/vector", "torch.cholesky_solve(y[:, None], x.tril())[..., 0]", SPD(2, 2, 2), R(2))
    c("inverse", "torch.linalg.inv(x)", REG(2, 3, 3))
    c("pinv", "torch.linalg.pinv(x)", REG(3, 2))
    c("lstsq", "torch.linalg.pinv(x) @ y", REG(4, 2), R(4, 2))
    c("det", "torch.linalg.det(x)", REG(2, 3, 3))
    c("det/singular", "x[0, 0] * x[1, 1] - x[0, 1] * x[1, 0]", T([[1.0, 2], [2, 4]]))
    cofactor = "x[0, 0] * (x[1, 1] * x[2, 2] - x[1, 2] * x[2, 1]) - x[0, 1] * (x[1, 0] * x[2, 2] - x[1, 2] * x[2, 0]) + x[0, 2] * (x[1, 0] * x[2, 1] - x[1, 1] * x[2, 0])"
    c("det/rank2", cofactor, T([[1.0, 2, 3], [4, 5, 6], [5, 7, 9]]))
    c("det/diagonal", cofactor, T([[2.0, 0, 0], [0, 3, 0], [0, 0, 0]]))
    c("det/rank1", cofactor, T([[1.0, 2, 3], [2, 4, 6], [-1, -2, -3]]))
    c("slogdet", "[(s := torch.linalg.slogdet(x)).sign, s.logabsdet]", REG(2, 3, 3))
    c("logdet", "torch.logdet(x)", SPD(3, 3))
    c("matrixNorm", "torch.linalg.matrix_norm(x)", REG(2, 3, 2))
    c("matrixNorm/nuclear", "torch.linalg.matrix_norm(x, 'nuc')", REG(3, 2))
    c("matrixNorm/spectral", "torch.linalg.matrix_norm(x, 2)", REG(3, 2))
    c("matrixNorm/one", "torch.linalg.matrix_norm(x, 1)", REG(3, 2))
    c("matrixNorm/infinity", "torch.linalg.matrix_norm(x, inf)", REG(3, 2))
    c("matrixRank", "torch.linalg.matrix_rank(x)", T([[1.0, 2], [2, 4]]))
    c("conditionNumber", "torch.linalg.cond(x)", REG(3, 3))
    c("matrixPower", "torch.linalg.matrix_power(x, 5)", REG(2, 2))
    c("matrixPower/negative", "torch.linalg.matrix_power(x, -3)", REG(3, 3))
    c("matrixExp", "torch.linalg.matrix_exp(x)", R(3, 3))
