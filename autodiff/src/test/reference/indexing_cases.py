from reference import B, I, R, T


def add(c):
    c("gatherNd", "x[y[..., 0], y[..., 1]]", R(2, 3, 2), I(2, 4, 2))
    c("scatterAddNd", "x.index_put((y[:, 0], y[:, 1]), z, accumulate=True)", R(2, 3, 2), T([[0, 1], [1, 2], [0, 1]]), R(3, 2))
    c("scatterAdd", "x.scatter_add(1, y, z)", R(2, 4), I(4, 2, 3), R(2, 3))
    c("scatter", "x.scatter(1, y, z)", R(2, 4), T([[2, 0], [1, 3]]), R(2, 2))
    c("indexAdd", "x.index_add(1, y, z)", R(2, 4), T([2, 0, 2]), R(2, 3))
    c("maskedFill", "x.masked_fill(y, 1.5)", R(2, 3), B(2, 3))
    c("oneHot/axis", "F.one_hot(x, 4).double().movedim(-1, 0)", I(4, 2, 3))
    c("diagonal", "x.diagonal(0, -2, -1)", R(2, 3, 4))
    c("diagonal/offset", "x.diagonal(-1, 0, 2)", R(3, 2, 3))
    c("diagEmbed", "torch.diag_embed(x, 1)", R(2, 3))
    c("tril", "x.tril(1)", R(2, 3, 4))
    c("triu", "x.triu(-1)", R(3, 2))
    c("moveAxis", "x.movedim(0, 2)", R(2, 3, 4))
    c("roll", "x.roll(-1, 1)", R(2, 4))
    c("tile", "x.tile(2, 1, 3)", R(2, 2))
    c("repeatInterleave", "x.repeat_interleave(2, 0)", R(2, 3))
    c("chunk", "x.tensor_split(3, 1)", R(2, 5))
    c("windows", "x.unfold(1, 3, 2)", R(2, 7))
