"""The loss of connectionist temporal classification."""

import torch
import torch.nn.functional as F
from parity import R, T


def ctc(reduction):
    def loss(logits, labels, moments, lengths):
        return F.ctc_loss(logits.log_softmax(2).transpose(0, 1), labels, moments, lengths, reduction=reduction)

    return loss


LABELS = T([[1, 2, 1], [3, 3, 0], [2, 2, 2]])
MOMENTS = T([7, 5, 6])
LENGTHS = T([3, 2, 0])


def add(c):
    for reduction in ["mean", "none"]:
        c("ctc/" + reduction, ctc(reduction), R(3, 7, 4), LABELS, MOMENTS, LENGTHS)
    c("ctc/tight", ctc("none"), R(1, 5, 3), T([[1, 1, 2, 0]]), T([4]), T([3]))
    c("ctc/long", ctc("mean"), R(2, 40, 5), T([[1, 2, 3, 4, 4, 3, 2, 1], [1, 1, 1, 1, 1, 1, 1, 1]]), T([40, 31]), T([8, 8]))
    c("ctc/one moment", ctc("none"), R(2, 1, 3), T([[2], [1]]), T([1, 1]), T([1, 0]))
