from reference import B, I, P, R, T


def philox(key, counter):
    """Philox4x32-10 (Salmon et al. 2011), written again: two 64-bit words of a 128-bit counter."""
    k = [key & 0xFFFFFFFF, key >> 32]
    c = [counter[0] & 0xFFFFFFFF, counter[0] >> 32, counter[1] & 0xFFFFFFFF, counter[1] >> 32]
    for _ in range(10):
        p0, p1 = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(p1 >> 32) ^ c[1] ^ k[0], p1 & 0xFFFFFFFF, (p0 >> 32) ^ c[3] ^ k[1], p0 & 0xFFFFFFFF]
        k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return c[0] | c[1] << 32, c[2] | c[3] << 32


def uniform(key, stream, shape):
    """The draws of a key: 53 upper bits of each half of a block."""
    import torch

    n = torch.Size(shape).numel()
    words = [w for i in range((n + 1) // 2) for w in philox(key, (i, stream))][:n]
    return torch.tensor([(w >> 11) * 2.0**-53 for w in words]).reshape(shape)


def normal(key, stream, shape):
    """Box and Muller."""
    import math

    import torch

    n = torch.Size(shape).numel()
    u = uniform(key, stream, (n + n % 2,)).tolist()
    out = []
    for a, b in zip(u[::2], u[1::2]):
        r, t = math.sqrt(-2 * math.log(1 - a)), 2 * math.pi * b
        out += [r * math.cos(t), r * math.sin(t)]
    return torch.tensor(out[:n]).reshape(shape)


def folded(key, stream, data):
    def unsigned(v):
        return v & 0xFFFFFFFFFFFFFFFF

    return philox(unsigned(key) ^ 0xA54FF53A5F1D36F1, (unsigned(data), stream))


def attend(q, k, v, heads=1, mask=None, causal=False, scale=None):
    """torch's attention on features that hold the heads side by side."""
    import torch.nn.functional as F

    def split(t):
        return t.reshape(*t.shape[:-1], heads, t.shape[-1] // heads).swapaxes(-2, -3)

    y = F.scaled_dot_product_attention(split(q), split(k), split(v), attn_mask=mask, is_causal=causal, scale=scale)
    y = y.swapaxes(-2, -3)
    return y.reshape(*y.shape[:-2], -1)


def add(c):
    c("standardize", "F.layer_norm(x, (4,), eps=0.01)", R(3, 4))
    c("layerNorm", "F.layer_norm(x, (4,), y, z, eps=1e-5)", R(3, 4), R(4), R(4))
    c("layerNorm/plain", "F.layer_norm(x, (3, 4), y, eps=1e-5)", R(2, 3, 4), R(3, 4))
    c("rmsNorm", "F.rms_norm(x, (4,), y, eps=1e-5)", R(3, 4), R(4))
    c("groupNorm", "F.group_norm(x, 2, y, z, eps=1e-5)", R(2, 4, 3), R(4), R(4))
    c("instanceNorm", "F.instance_norm(x, weight=y, bias=z, eps=1e-5)", R(2, 3, 4), R(3), R(3))
    c("batchNorm", "F.batch_norm(x, None, None, y, z, training=True, eps=1e-5)", R(4, 3, 2), R(3), R(3))
    c("batchNorm/given", "F.batch_norm(x, y.detach(), z.detach(), w, u, eps=1e-5)", R(4, 3), R(3), P(3), R(3), R(3), order=0)
    c("batchNorm/formula", "(x - y) / (z + 1e-5).sqrt() * w + u", R(4, 3), R(3), P(3), R(3), R(3))
    c("attention", "attend(x, y, z)", R(2, 3, 4), R(2, 5, 4), R(2, 5, 2), attend=attend)
    c("attention/heads", "attend(x, y, z, heads=2, scale=0.3)", R(3, 4), R(5, 4), R(5, 6), attend=attend)
    c("attention/causal", "attend(x, y, z, heads=2, causal=True)", R(4, 4), R(4, 4), R(4, 4), attend=attend)
    c("attention/mask", "attend(x, y, z, mask=w)", R(3, 4), R(5, 4), R(5, 4), T([[True, False, True, True, False]] * 3), attend=attend)
    c("attentionWeights", "F.softmax(x @ y.mT / 2, -1)", R(1, 3, 4), R(1, 5, 4))
    c("crossEntropy", "F.cross_entropy(x, y, reduction='none')", R(4, 3), I(3, 4))
    c("crossEntropyWith", "F.cross_entropy(x, y, reduction='none')", R(4, 3), P(4, 3))
    c(
        "dropout",
        "torch.where(uniform(7, 0, (3, 4)) < 0.75, x / 0.75, 0.)",
        R(3, 4),
        source="Philox4x32-10 in Python",
        uniform=uniform,
    )
    c(
        "dropout/keyTensor",
        "torch.where(uniform(*folded(*y.tolist(), 5), (3, 4)) < 0.75, x / 0.75, 0.)",
        R(3, 4),
        T([7, 0]),
        source="Philox4x32-10 in Python",
        uniform=uniform,
        folded=folded,
    )
    c(
        "dropout/noise",
        "x + normal(*y.tolist(), (3, 3))",
        R(3, 3),
        T([7, 0]),
        source="Philox4x32-10 in Python",
        normal=normal,
    )
