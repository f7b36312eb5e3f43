from reference import R, T


def add(c):
    c("pNorm", "torch.linalg.vector_norm(x, 1, dim=1)", R(2, 3))
    c("pNorm/3", "torch.linalg.vector_norm(x, 3, dim=(0, 2))", R(2, 3, 2))
    c("pNorm/half", "torch.linalg.vector_norm(x, 0.5, dim=0)", R(2, 3))
    c("pNorm/infinity", "torch.linalg.vector_norm(x, inf, dim=1)", R(2, 3))
    c("pNorm/ties", "torch.linalg.vector_norm(x, inf)", T([3.0, -3, 1]), order=1)
    c("pNorm/least", "torch.linalg.vector_norm(x, -inf)", R(4))
    c("pNorm/zero", "torch.linalg.vector_norm(x, 3)", T([0.0, 0, 0]), order=1)
    c("pNormKeep", "torch.linalg.vector_norm(x, 1.5, dim=1, keepdim=True)", R(2, 3))
    c("normalize", "F.normalize(x, dim=1)", R(2, 3))
    c("cosineSimilarity", "F.cosine_similarity(x, y, dim=1)", R(2, 3), R(2, 3))
    # Not F.cosine_similarity: below eps its gradient is not the derivative of its value.
    c("cosineSimilarity/eps", "(x * y).sum(0) / (torch.linalg.vector_norm(x, dim=0).clamp_min(9) * torch.linalg.vector_norm(y, dim=0).clamp_min(9))", R(2, 2), R(2, 2))
    c("distance", "torch.linalg.vector_norm(x - y, dim=1)", R(2, 3), R(1, 3))
    c("cdist", "torch.linalg.vector_norm(x[:, :, None] - y[:, None], dim=-1)", R(2, 3, 2), R(2, 2, 2))
