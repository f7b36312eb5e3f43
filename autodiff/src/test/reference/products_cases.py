from reference import R


def add(c):
    c("tensordot", "torch.tensordot(x, y, 2)", R(2, 3, 2), R(3, 2, 2))
    c("tensordot/axes", "torch.tensordot(x, y, ([0, 2], [2, 1]))", R(2, 3, 4), R(2, 4, 2))
    c("kron", "torch.kron(x, y)", R(2, 3), R(2, 2))
    c("trace", "x.diagonal(0, -2, -1).sum(-1)", R(2, 3, 3))
