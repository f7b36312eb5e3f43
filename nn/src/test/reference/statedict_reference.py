"""A small state dict of PyTorch with its logits, and the same weights as Keras lays them out.

    python statedict_reference.py    writes ../resources/data/statedict.safetensors, keras.npz, statedict.json

The network: an embedding, a convolution with batch normalisation, attention, an LSTM and a GRU, and a
dense layer. Weights are float32, the logits float64. The second file is written by numpy.savez from the
weights of a dense network, in the layouts and under the last words that Keras documents for Conv2D
(height, width, in, out), BatchNormalization and Dense (in, out); Keras itself is not needed.
"""

import json
import pathlib
import struct

import numpy
import torch
from torch import nn

OUT = pathlib.Path(__file__).parent.parent / "resources" / "data"


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(7, 4)
        self.attn = nn.MultiheadAttention(4, 2, batch_first=True)
        self.lstm = nn.LSTM(4, 3, batch_first=True, bidirectional=True)
        self.gru = nn.GRU(6, 3, batch_first=True)
        self.fc = nn.Linear(3, 2)

    def forward(self, tokens):
        x = self.embed(tokens)
        x = x + self.attn(x, x, x, need_weights=False)[0]
        x = self.gru(self.lstm(x)[0])[0]
        return self.fc(x[:, -1])


class Image(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(2, 3, (3, 2))
        self.bn = nn.BatchNorm2d(3)
        self.fc = nn.Linear(3 * 2 * 3, 2)

    def forward(self, x):
        return self.fc(self.bn(self.conv(x)).relu().flatten(1))


def safetensors(path, state):
    kinds = {torch.float32: "F32", torch.int64: "I64", torch.bfloat16: "BF16"}
    header, data = {}, b""
    for name, t in state.items():
        raw = t.contiguous().view(torch.uint8).numpy().tobytes() if t.ndim else t.numpy().tobytes()
        header[name] = {"dtype": kinds[t.dtype], "shape": list(t.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(3)
    net = Net().eval()
    with torch.no_grad():
        for name, p in net.named_parameters():
            p.copy_(torch.randn(p.shape) * 0.5)
    safetensors(OUT / "statedict.safetensors", net.state_dict())
    tokens = torch.tensor([[0, 3, 1, 6, 2], [5, 5, 4, 0, 1]])
    with torch.no_grad():
        logits = net.double()(tokens)

    image = Image().eval()
    with torch.no_grad():
        image.bn.weight.uniform_(0.5, 1.5)
        image.bn.bias.uniform_(-0.5, 0.5)
        image.bn.running_mean.uniform_(-0.5, 0.5)
        image.bn.running_var.uniform_(0.5, 1.5)
    state = {k: v.numpy().copy() for k, v in image.state_dict().items()}
    numpy.savez(
        OUT / "keras.npz",
        **{
            "conv2d/kernel": state["conv.weight"].transpose(2, 3, 1, 0),
            "conv2d/bias": state["conv.bias"],
            "batch_normalization/gamma": state["bn.weight"],
            "batch_normalization/beta": state["bn.bias"],
            "batch_normalization/moving_mean": state["bn.running_mean"],
            "batch_normalization/moving_variance": state["bn.running_var"],
            # Keras flattens (height, width, channels).
            "dense/kernel": state["fc.weight"].T.reshape(3, 2, 3, 2).transpose(1, 2, 0, 3).reshape(18, 2),
            "dense/bias": state["fc.bias"],
        },
    )
    pixels = torch.sin(torch.arange(2 * 2 * 4 * 4, dtype=torch.float64)).reshape(2, 2, 4, 4)
    with torch.no_grad():
        seen = image.double()(pixels)
    result = {
        "made by": "nn/src/test/reference/statedict_reference.py",
        "PyTorch": torch.__version__,
        "tokens": tokens.tolist(),
        "logits": logits.tolist(),
        "image logits": seen.tolist(),
    }
    (OUT / "statedict.json").write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
