import torch
import torch.nn.functional as F
from parity import B, D, I, P, R, T, U


def sigmoid_focal(x, t, alpha, gamma):
    """As torchvision.ops.sigmoid_focal_loss."""
    p = torch.sigmoid(x)
    entropy = F.binary_cross_entropy_with_logits(x, t, reduction="none")
    right = p * t + (1 - p) * (1 - t)
    return ((alpha * t + (1 - alpha) * (1 - t)) * (1 - right) ** gamma * entropy).mean()


def focal(x, y, gamma):
    log = torch.log_softmax(x, 1).gather(1, y[:, None])[:, 0]
    return (-((1 - log.exp()) ** gamma) * log).mean()


def dice(p, t, smooth):
    p, t = p.flatten(1), t.flatten(1)
    return (1 - (2 * (p * t).sum(1) + smooth) / (p.sum(1) + t.sum(1) + smooth)).mean()


def tversky(p, t, alpha, beta, smooth):
    p, t = p.flatten(1), t.flatten(1)
    found, wrong, missed = (p * t).sum(1), (p * (1 - t)).sum(1), ((1 - p) * t).sum(1)
    return (1 - (found + smooth) / (found + alpha * wrong + beta * missed + smooth)).mean()


def class_hinge(x, y):
    own = F.one_hot(y, x.shape[1]).bool()
    rival = x.masked_fill(own, -torch.inf).amax(1)
    return torch.relu(1 + rival - x[own]).mean()


def cosine(a, b, together, margin):
    return F.cosine_embedding_loss(a, b, torch.where(together, 1.0, -1.0), margin)


def contrastive(a, b, together, margin):
    d = (a - b).norm(dim=1)
    return torch.where(together, d**2, torch.relu(margin - d) ** 2).mean()


def triplet(a, p, n, margin):
    return F.triplet_margin_with_distance_loss(a, p, n, distance_function=lambda x, y: (x - y).norm(dim=1), margin=margin)


def info_nce(a, b, temperature):
    cos = F.normalize(a) @ F.normalize(b).T
    return F.cross_entropy(cos / temperature, torch.arange(len(a)))


SIGNS = T([[1.0, -1, 1], [-1, -1, 1]])
WEIGHTS = T([0.5, 2.0, 1.25])


def add(c):
    c("crossEntropy", F.cross_entropy, R(4, 3), I(3, 4))
    c("crossEntropy/smooth", lambda x, y: F.cross_entropy(x, y, label_smoothing=0.1), R(4, 3), I(3, 4))
    c("crossEntropy/weighted", lambda x, y, w: F.cross_entropy(x, y, w.detach(), ignore_index=0, label_smoothing=0.2), R(6, 3), T([0, 1, 2, 0, 2, 1]), WEIGHTS)
    c("crossEntropyWith", F.cross_entropy, R(4, 3), D(4, 3))
    c("nll", F.nll_loss, R(4, 3), I(3, 4))
    c("focal", lambda x, y: focal(x, y, 2), R(4, 3), I(3, 4))
    c("focal/half", lambda x, y: focal(x, y, 0.5), R(4, 3), I(3, 4))
    c("binaryFocal", lambda x, t: sigmoid_focal(x, t, 0.25, 2), R(2, 3), T([[0.0, 1, 1], [1, 0, 0]]))
    c("bceWithLogits", F.binary_cross_entropy_with_logits, R(2, 3), U(2, 3))
    c("bceWithLogits/weighted", lambda x, t, w: F.binary_cross_entropy_with_logits(x, t, pos_weight=w.detach()), R(2, 3), U(2, 3), WEIGHTS)
    c("hinge", lambda x, t: torch.relu(1 - x * t).mean(), R(2, 3), SIGNS)
    c("squaredHinge", lambda x, t: (torch.relu(1 - x * t) ** 2).mean(), R(2, 3), SIGNS)
    c("multiMargin", lambda x, y: F.multi_margin_loss(x, y, margin=0.8), R(4, 3), I(3, 4))
    c("softMargin", lambda x, t: torch.log1p(torch.exp(-x * t)).mean(), R(2, 3), SIGNS)
    c("classHinge", lambda x, y: class_hinge(x, y), R(4, 3), I(3, 4))
    c("tversky", lambda p, t: tversky(p, t, 0.3, 0.7, 1), U(2, 2, 3), T([[[0.0, 1, 1], [1, 0, 0]], [[1, 1, 0], [0, 0, 1]]]))
    c("smoothL1", lambda x, y: F.smooth_l1_loss(x, y, beta=0.7), R(4, 3), R(4, 3))
    c("mape", lambda x, y: 100 * ((x - y).abs() / y.abs().clamp(min=1e-7)).mean(), R(2, 3), P(2, 3))
    c("msle", lambda x, y: ((1 + x).log() - (1 + y).log()).square().mean(), P(2, 3), P(2, 3))
    c("kl", lambda q, p: F.kl_div(q, p, reduction="batchmean"), R(3, 4), D(3, 4))
    c("dice", lambda p, t: dice(p, t, 1), U(2, 2, 3), T([[[0.0, 1, 1], [1, 0, 0]], [[1, 1, 0], [0, 0, 1]]]))
    c("mse", F.mse_loss, R(2, 3), R(2, 3))
    c("mae", F.l1_loss, R(2, 3), R(2, 3))
    c("huber", lambda x, y: F.huber_loss(x, y, delta=0.7), R(4, 3), R(4, 3))
    c("logCosh", lambda x, y: torch.log(torch.cosh(x - y)).mean(), R(2, 3), R(2, 3))
    c("poissonNll", F.poisson_nll_loss, R(2, 3), T([[0.0, 1, 4], [2, 0, 3]]))
    c("gaussianNll", lambda m, v, t: F.gaussian_nll_loss(m, t, v), R(2, 3), P(2, 3), R(2, 3))
    c("contrastive", lambda a, b, y: contrastive(a, b, y, 2.0), R(5, 3), R(5, 3), T([True, False, True, False, False]))
    c("cosine", lambda a, b, y: cosine(a, b, y, 0.1), R(5, 3), R(5, 3), T([True, False, True, False, False]))
    c("triplet", lambda a, p, n: triplet(a, p, n, 0.5), R(4, 3), R(4, 3), R(4, 3))
    c("ranking", lambda x, y: torch.relu(0.3 - (x - y)).mean(), R(6), R(6))
    c("infoNce", lambda a, b: info_nce(a, b, 0.5), R(4, 3), R(4, 3))
