"""State dicts of small models of PyTorch's own layers, and what they answer.

    python models_reference.py     writes ../resources/models/{lstm,gru,...}.safetensors and models.json

The modules have the names of the models here, so that their state dicts load. Weights are drawn by
PyTorch, statistics and biases by us, so that none is without effect. Answers are computed in float64
from the float32 weights that are written. Tokens are i² mod the vocabulary, numbers are sin(i² / 100).
"""

import json
import pathlib

import torch
from resnet_reference import OUT, safetensors
from torch import nn


class Reader(nn.Module):
    """LstmClassifier, or the same of GRUs or plain cells."""

    def __init__(self, kind):
        super().__init__()
        self.tokens = nn.Embedding(7, 5)
        self.lstm = kind(5, 4, 2, batch_first=True, bidirectional=True)
        self.out = nn.Linear(8, 3)

    def forward(self, x):
        _, last = self.lstm(self.tokens(x))
        h = last[0] if isinstance(last, tuple) else last
        return self.out(torch.cat([h[-2], h[-1]], 1))


def encoder():
    return nn.TransformerEncoderLayer(8, 2, 16, 0.0, "gelu", batch_first=True, norm_first=True)


class Looker(nn.Module):
    """TransformerClassifier."""

    def __init__(self):
        super().__init__()
        self.tokens, self.positions = nn.Embedding(7, 8), nn.Embedding(6, 8)
        self.blocks = nn.ModuleList([encoder(), encoder()])
        self.norm, self.out = nn.LayerNorm(8), nn.Linear(8, 3)

    def forward(self, x):
        y = self.tokens(x) + self.positions.weight[: x.shape[1]]
        for block in self.blocks:
            y = block(y)
        return self.out(self.norm(y).mean(1))


class Gpt(nn.Module):
    """TinyGpt."""

    def __init__(self):
        super().__init__()
        self.tokens, self.positions = nn.Embedding(7, 8), nn.Embedding(6, 8)
        block = lambda: nn.TransformerEncoderLayer(8, 2, 32, 0.0, "gelu", batch_first=True, norm_first=True)
        self.blocks = nn.ModuleList([block(), block()])
        self.norm, self.head = nn.LayerNorm(8), nn.Linear(8, 7, bias=False)

    def forward(self, x):
        t = x.shape[1]
        later = nn.Transformer.generate_square_subsequent_mask(t, dtype=self.head.weight.dtype)
        y = self.tokens(x) + self.positions.weight[:t]
        for block in self.blocks:
            y = block(y, src_mask=later)
        return self.head(self.norm(y))


class Decoder(nn.Module):
    """DecoderBlock: its two inputs are halves of one."""

    def __init__(self):
        super().__init__()
        self.block = nn.TransformerDecoderLayer(8, 2, 16, 0.0, "gelu", batch_first=True, norm_first=True)

    def forward(self, x):
        later = nn.Transformer.generate_square_subsequent_mask(4, dtype=x.dtype)
        return self.block(x[:, :4], x[:, 4:], tgt_mask=later)


class Step(nn.Module):
    def __init__(self, inside, width):
        super().__init__()
        self.conv1, self.norm1 = nn.Conv2d(inside, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width)
        self.conv2, self.norm2 = nn.Conv2d(width, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width)

    def forward(self, x):
        return self.norm2(self.conv2(self.norm1(self.conv1(x)).relu())).relu()


class UNet(nn.Module):
    """UNet."""

    def __init__(self):
        super().__init__()
        self.down = nn.ModuleList([Step(2, 3), Step(3, 6), Step(6, 12)])
        self.up = nn.ModuleList([nn.ConvTranspose2d(12, 6, 2, 2), nn.ConvTranspose2d(6, 3, 2, 2)])
        self.joined = nn.ModuleList([Step(12, 6), Step(6, 3)])
        self.out = nn.Conv2d(3, 2, 1)

    def forward(self, x):
        seen = []
        for i, step in enumerate(self.down):
            x = step(x if i == 0 else nn.functional.max_pool2d(x, 2))
            seen.append(x)
        for up, joined, before in zip(self.up, self.joined, seen[-2::-1]):
            x = joined(torch.cat([before, up(x)], 1))
        return self.out(x)


def drawn(model):
    with torch.no_grad():
        for name, p in [*model.named_parameters(), *model.named_buffers()]:
            if p.is_floating_point() and (p.dim() == 1):
                low = 0.5 if name.endswith(("running_var", "norm.weight", "norm1.weight", "norm2.weight")) else -0.4
                p.uniform_(low, low + 0.8)
    return model.eval()


def main():
    tokens = (torch.arange(12) ** 2 % 7).reshape(2, 6)
    numbers = lambda *shape: torch.sin(torch.arange(torch.Size(shape).numel(), dtype=torch.float64) ** 2 / 100).reshape(shape)
    models = {
        "lstm": (lambda: Reader(nn.LSTM), tokens),
        "gru": (lambda: Reader(nn.GRU), tokens),
        "rnn": (lambda: Reader(nn.RNN), tokens),
        "transformer": (Looker, tokens),
        "gpt": (Gpt, tokens),
        "decoder": (Decoder, numbers(2, 9, 8)),
        "unet": (UNet, numbers(2, 2, 8, 12)),
    }
    cases = {}
    for seed, (name, (make, x)) in enumerate(models.items()):
        torch.manual_seed(seed)
        model = drawn(make())
        safetensors(OUT / f"{name}.safetensors", model.state_dict())
        with torch.no_grad():
            y = model.double()(x.float().double() if x.is_floating_point() else x)
        cases[name] = {"shape": list(y.shape), "values": y.flatten().tolist()}
        print(name, list(y.shape), y.std().item())
    header = {"made by": "nn/src/test/reference/models_reference.py", "PyTorch": torch.__version__}
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(case)}" for name, case in cases.items())
    (OUT / "models.json").write_text(json.dumps(header)[:-1] + ',\n"cases": {\n' + lines + "\n}}\n")


if __name__ == "__main__":
    main()
