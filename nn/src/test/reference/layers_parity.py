import torch
import torch.nn.functional as F
from parity import I, P, R, T
from torch import nn
from torch.func import functional_call


def call(module, names, *shape_of_inputs):
    """A module as a function of its inputs and then of its parameters, named."""

    def run(*tensors):
        k = len(tensors) - len(names)
        return functional_call(module, dict(zip(names, tensors[k:])), tensors[:k])

    return run


def recurrent(kind, layers, both, x, lengths, *p):
    module = kind(3, 2, layers, batch_first=True, bidirectional=both)
    names = [n for n, _ in module.named_parameters()]
    packed = x
    if lengths is not None:
        packed = nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    y, last = functional_call(module, dict(zip(names, p)), (packed,))
    if lengths is not None:
        y, _ = nn.utils.rnn.pad_packed_sequence(y, batch_first=True, total_length=x.shape[1])
    h = last[0] if isinstance(last, tuple) else last
    return y, h


def weights(gates, layers, both):
    shapes = []
    for layer in range(layers):
        for _ in range(2 if both else 1):
            wide = 3 if layer == 0 else (4 if both else 2)
            shapes += [R(gates * 2, wide), R(gates * 2, 2), R(gates * 2), R(gates * 2)]
    return shapes


def attention(x, memory, wq, wk, wv, bq, bk, bv, wo, bo, heads, mask=None, causal=False):
    n, t, d = x.shape
    s = memory.shape[1]

    def split(z):
        return z.reshape(n, -1, heads, d // heads).transpose(1, 2)

    q, k, v = split(x @ wq.T + bq), split(memory @ wk.T + bk), split(memory @ wv.T + bv)
    y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=causal)
    return y.transpose(1, 2).reshape(n, t, d) @ wo.T + bo


def multi_head(x, memory, w_in, b_in, wo, bo, lengths=None, causal=False):
    """nn.MultiheadAttention with two heads."""
    module = nn.MultiheadAttention(4, 2, batch_first=True)
    hidden = None if lengths is None else torch.arange(memory.shape[1])[None] >= lengths[:, None]
    later = nn.Transformer.generate_square_subsequent_mask(x.shape[1]) if causal else None
    parameters = {"in_proj_weight": w_in, "in_proj_bias": b_in, "out_proj.weight": wo, "out_proj.bias": bo}
    return functional_call(module, parameters, (x, memory, memory), dict(key_padding_mask=hidden, attn_mask=later, need_weights=False))[0]


ENCODER = ["self_attn.in_proj_weight", "self_attn.in_proj_bias", "self_attn.out_proj.weight", "self_attn.out_proj.bias", "linear1.weight", "linear1.bias", "linear2.weight", "linear2.bias", "norm1.weight", "norm1.bias", "norm2.weight", "norm2.bias"]
ENCODER_SHAPES = [R(12, 4), R(12), R(4, 4), R(4), R(6, 4), R(6), R(4, 6), R(4), R(4), R(4), R(4), R(4)]
DECODER = ENCODER[:4] + ["multihead_attn.in_proj_weight", "multihead_attn.in_proj_bias", "multihead_attn.out_proj.weight", "multihead_attn.out_proj.bias"] + ENCODER[4:] + ["norm3.weight", "norm3.bias"]
DECODER_SHAPES = ENCODER_SHAPES[:4] * 2 + ENCODER_SHAPES[4:] + [R(4), R(4)]


def encoder(first):
    module = nn.TransformerEncoderLayer(4, 2, 6, dropout=0, activation="gelu", batch_first=True, norm_first=first)
    return call(module, ENCODER)


def decoder(first):
    module = nn.TransformerDecoderLayer(4, 2, 6, dropout=0, activation="gelu", batch_first=True, norm_first=first)

    def run(x, memory, *p):
        later = nn.Transformer.generate_square_subsequent_mask(x.shape[1])
        return functional_call(module, dict(zip(DECODER, p)), (x, memory), dict(tgt_mask=later))

    return run


def sinusoidal(x):
    t, d = x.shape[1:]
    p = torch.arange(t, dtype=x.dtype)[:, None]
    i = torch.arange(0, d, 2, dtype=x.dtype)
    angle = p / 10000 ** (i / d)
    table = torch.zeros(t, d)
    table[:, 0::2], table[:, 1::2] = angle.sin(), angle.cos()
    return x + table


def rotary(x, heads):
    """As in the GPT-NeoX and Llama models of transformers."""
    n, t, w = x.shape
    d = w // heads
    freq = 1.0 / 10000 ** (torch.arange(0, d, 2, dtype=x.dtype) / d)
    emb = torch.cat([torch.outer(torch.arange(t, dtype=x.dtype), freq)] * 2, -1)
    q = x.reshape(n, t, heads, d).transpose(1, 2)
    half = torch.cat([-q[..., d // 2 :], q[..., : d // 2]], -1)
    return (q * emb.cos() + half * emb.sin()).transpose(1, 2).reshape(n, t, w)


def batch_norm(x, w, b, mean, variance):
    mean, variance = mean.detach().clone(), variance.detach().abs().clone()
    y = F.batch_norm(x, mean, variance, w, b, training=True, momentum=0.3)
    return y, mean, variance


def Scaled(*shape):
    """Numbers from about -9 to 9, whose kinks are hit by none."""
    return T([[((37 * i * shape[1] + 37 * j) % 181 - 90.5) / 10 for j in range(shape[1])] for i in range(shape[0])])


def add(c):
    c("linear", F.linear, R(4, 3), R(2, 3), R(2))
    c("bilinear", F.bilinear, R(4, 3), R(4, 2), R(2, 3, 2), R(2))
    c("embedding", F.embedding, I(5, 2, 3), R(5, 2))
    c("conv2d", lambda x, w, b: F.conv2d(x, w, b, stride=2, padding=1, groups=2), R(2, 4, 5, 5), R(4, 2, 3, 3), R(4))
    c("conv1d", lambda x, w, b: F.conv1d(x, w, b, stride=2, padding=1), R(2, 2, 6), R(3, 2, 3), R(3))
    c("conv3d", lambda x, w, b: F.conv3d(x, w, b, padding=1), R(1, 2, 3, 2, 3), R(2, 2, 2, 2, 2), R(2))
    c("convTranspose1d", lambda x, w, b: F.conv_transpose1d(x, w, b, stride=2), R(2, 2, 4), R(2, 3, 3), R(3))
    c("convTranspose2d", lambda x, w, b: F.conv_transpose2d(x, w, b, stride=2, padding=1, output_padding=1), R(1, 2, 3, 2), R(2, 2, 3, 3), R(2))
    c("convTranspose3d", lambda x, w, b: F.conv_transpose3d(x, w, b), R(1, 2, 2, 2, 2), R(2, 1, 2, 2, 2), R(1))
    c("batchNorm", lambda x, w, b, m, v: F.batch_norm(x, m.detach(), v.detach().abs(), w, b), R(4, 2, 3), R(2), R(2), R(2), R(2))
    c("batchNorm/training", batch_norm, R(4, 2, 3), R(2), R(2), R(2), R(2))
    c("layerNorm", lambda x, w, b: F.layer_norm(x, (2, 3), w, b), R(4, 2, 3), R(2, 3), R(2, 3))
    c("rmsNorm", lambda x, w: F.rms_norm(x, (3,), w, 1e-6), R(4, 3), R(3))
    c("groupNorm", lambda x, w, b: F.group_norm(x, 2, w, b), R(3, 4, 5), R(4), R(4))
    c("instanceNorm", lambda x, w, b: F.instance_norm(x, weight=w, bias=b), R(3, 2, 5), R(2), R(2))
    c("prelu", F.prelu, R(3, 2, 4), T([0.25, -0.5]))
    c("prelu/one", F.prelu, R(5), T([0.3]))
    kinds = [("rnn", nn.RNN, 1), ("lstm", nn.LSTM, 4), ("gru", nn.GRU, 3)]
    for name, kind, gates in kinds:
        c(name, lambda x, *p, k=kind: recurrent(k, 1, False, x, None, *p), R(2, 4, 3), *weights(gates, 1, False))
        c(name + "/deep", lambda x, *p, k=kind: recurrent(k, 2, True, x, None, *p), R(2, 4, 3), *weights(gates, 2, True))
        c(name + "/lengths", lambda x, *p, k=kind: recurrent(k, 2, True, x, torch.tensor([4, 1, 3]), *p), R(3, 4, 3), *weights(gates, 2, True))
    heads = [R(12, 4), R(12), R(4, 4), R(4)]
    c("attention", lambda x, *p: multi_head(x, x, *p), R(2, 3, 4), *heads)
    c("attention/causal", lambda x, *p: multi_head(x, x, *p, causal=True), R(2, 3, 4), *heads)
    c("attention/cross", lambda x, m, *p: multi_head(x, m, *p, lengths=torch.tensor([2, 5])), R(2, 3, 4), R(2, 5, 4), *heads)
    c("transformerBlock", encoder(True), R(2, 3, 4), *ENCODER_SHAPES)
    c("transformerBlock/behind", encoder(False), R(2, 3, 4), *ENCODER_SHAPES)
    c("decoderBlock", decoder(True), R(2, 3, 4), R(2, 5, 4), *DECODER_SHAPES)
    c("decoderBlock/behind", decoder(False), R(2, 3, 4), R(2, 5, 4), *DECODER_SHAPES)
    for d, size in ((1, (7,)), (2, (5, 6)), (3, (3, 4, 4))):
        x = R(2, 2, *size)
        many = {1: (3,), 2: (2, 3), 3: (2, 3, 1)}[d]
        c(f"avgPool{d}d", lambda x, f=getattr(F, f"avg_pool{d}d"): f(x, 3, 2, 1), x)
        c(f"maxPool{d}d", lambda x, f=getattr(F, f"max_pool{d}d"): f(x, 3, 2, 1), x)
        c(f"adaptiveAvgPool/{d}", lambda x, f=getattr(F, f"adaptive_avg_pool{d}d"), m=many: f(x, m), x)
        c(f"adaptiveMaxPool/{d}", lambda x, f=getattr(F, f"adaptive_max_pool{d}d"), m=many: f(x, m), x)
        axes = list(range(2, 2 + d))
        c(f"globalAvgPool/{d}", lambda x, a=axes: x.mean(a), x)
        c(f"globalMaxPool/{d}", lambda x, a=axes: x.amax(a), x)
        c(f"upsample/nearest{d}", lambda x: F.interpolate(x, scale_factor=2, mode="nearest"), R(2, 1, *[2] * d))
        way = {1: "linear", 2: "bilinear", 3: "trilinear"}[d]
        c(f"upsample/linear{d}", lambda x, w=way: F.interpolate(x, scale_factor=3, mode=w), R(1, 2, *[2] * d))
    c("upsample/cubic", lambda x: F.interpolate(x, scale_factor=2, mode="bicubic"), R(1, 1, 3, 4))
    c("lpPool2d", lambda x: F.lp_pool2d(x, 3, 2, 1), P(1, 2, 4, 5))
    c("flatten", lambda x: torch.flatten(x, 1), R(2, 3, 2))
    c("unflatten", lambda x: x.unflatten(1, (2, 3)), R(2, 6))
    c("residual", lambda x, w, b: x + F.linear(x, w, b), R(4, 3), R(3, 3), R(3))
    c("learnedPositions", lambda x, p: x + p[: x.shape[1]], R(2, 3, 4), R(5, 4))
    c("leakyRelu", lambda x: F.leaky_relu(x, 0.2), R(3, 5))
    names = "relu tanh sigmoid gelu silu softplus mish elu selu hardswish hardtanh relu6 logsigmoid softsign tanhshrink"
    for name in names.split():
        c("activation/" + name, getattr(torch, name, None) or getattr(F, name), Scaled(4, 6))
    # PyTorch's own slope has the digits of a float32.
    c("activation/hardsigmoid", lambda x: F.relu6(x + 3) / 6, Scaled(4, 6))
    c("activation/gelutanh", lambda x: F.gelu(x, approximate="tanh"), Scaled(4, 6))
    c("sinusoidal", sinusoidal, R(2, 5, 4))
    c("rotary", lambda x: rotary(x, 2), R(2, 5, 8))
