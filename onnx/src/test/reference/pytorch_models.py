"""Exports small PyTorch models with random weights, and writes what PyTorch says of them.

    python pytorch_models.py ../resources/dev/backlight/onnx/pytorch

Needs torch and onnx. For each model NAME there are NAME.onnx and NAME.json: inputs, outputs, the
gradient of output 1 by the inputs, and integrated gradients of it from zeros, computed in float64
by the midpoint rule with 20,000 steps.
"""

import json
import sys
import warnings
from pathlib import Path

import torch
from torch import nn

STEPS = 20_000
CHUNK = 200


class Block(nn.Module):
    def __init__(self, channels, out, stride):
        super().__init__()
        self.a = nn.Conv2d(channels, out, 3, stride, 1, bias=False)
        self.na = nn.BatchNorm2d(out)
        self.b = nn.Conv2d(out, out, 3, 1, 1, bias=False)
        self.nb = nn.BatchNorm2d(out)
        self.short = nn.Sequential()
        if stride != 1 or channels != out:
            self.short = nn.Sequential(
                nn.Conv2d(channels, out, 1, stride, bias=False), nn.BatchNorm2d(out)
            )

    def forward(self, x):
        y = self.nb(self.b(torch.relu(self.na(self.a(x)))))
        return torch.relu(y + self.short(x))


def resnet():
    """ResNet-18 at a sixteenth of its width."""
    layers = [nn.Conv2d(3, 4, 7, 2, 3, bias=False), nn.BatchNorm2d(4), nn.ReLU()]
    layers.append(nn.MaxPool2d(3, 2, 1))
    width = 4
    for out in (4, 8, 16, 32):
        for i in range(2):
            layers.append(Block(width, out, 2 if i == 0 and out != 4 else 1))
            width = out
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(32, 5))


class Recurrent(nn.Module):
    def __init__(self, kind):
        super().__init__()
        self.rnn = kind(3, 6, batch_first=True, bidirectional=True)
        self.head = nn.Linear(12, 4)

    def forward(self, x):
        return self.head(self.rnn(x)[0][:, -1])


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.into = nn.Linear(3, 8)
        layer = nn.TransformerEncoderLayer(8, 2, 16, 0.0, "gelu", batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 2)
        self.head = nn.Linear(8, 4)

    def forward(self, x):
        return self.head(self.encoder(self.into(x)).mean(1))


class Vit(nn.Module):
    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(3, 8, 4, 4)
        self.token = nn.Parameter(torch.randn(1, 1, 8))
        self.places = nn.Parameter(torch.randn(1, 10, 8))
        layer = nn.TransformerEncoderLayer(
            8, 2, 16, 0.0, "gelu", batch_first=True, norm_first=True
        )
        self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.norm = nn.LayerNorm(8)
        self.head = nn.Linear(8, 4)

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(x.shape[0], -1, -1), x], 1) + self.places
        return self.head(self.norm(self.encoder(x))[:, 0])


MODELS = {
    "mlp": (
        lambda: nn.Sequential(
            nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 8), nn.Tanh(), nn.Linear(8, 3)
        ),
        (6,),
    ),
    "cnn": (
        lambda: nn.Sequential(
            nn.Conv2d(3, 4, 3, padding=1),
            nn.BatchNorm2d(4),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(4, 6, 3, stride=2, padding=1),
            nn.BatchNorm2d(6),
            nn.SiLU(),
            nn.AvgPool2d(2),
            nn.Flatten(),
            nn.Linear(24, 5),
        ),
        (3, 16, 16),
    ),
    # Of doubles, for differences.
    "smooth": (
        lambda: nn.Sequential(
            nn.Linear(4, 5), nn.Tanh(), nn.LayerNorm(5), nn.Linear(5, 3), nn.Softmax(-1)
        ).double(),
        (4,),
    ),
    "resnet": (resnet, (3, 32, 32)),
    "lstm": (lambda: Recurrent(nn.LSTM), (5, 3)),
    "gru": (lambda: Recurrent(nn.GRU), (5, 3)),
    "encoder": (Encoder, (5, 3)),
    "vit": (Vit, (3, 12, 12)),
}


def settle(module):
    """Statistics as after some training, which fresh norms have not."""
    for part in module.modules():
        if isinstance(part, nn.BatchNorm2d):
            part.running_mean.normal_(0, 0.3)
            part.running_var.uniform_(0.5, 2)
            part.weight.data.uniform_(0.5, 1.5)
            part.bias.data.normal_(0, 0.3)


def gradient(model, x):
    x = x.clone().requires_grad_(True)
    return torch.autograd.grad(model(x)[:, 1].sum(), x)[0]


def main(folder):
    warnings.filterwarnings("ignore")
    Path(folder).mkdir(parents=True, exist_ok=True)
    for name, (make, shape) in MODELS.items():
        torch.manual_seed(len(name))
        model = make()
        settle(model)
        model.eval()
        # Few digits, which floats hold exactly.
        x = torch.round(torch.randn(2, *shape) * 64) / 64
        if name == "smooth":
            x = x.double()
        path = Path(folder) / f"{name}.onnx"
        torch.onnx.export(
            model,
            (x,),
            str(path),
            dynamo=False,
            opset_version=17,
            input_names=["x"],
            output_names=["y"],
            dynamic_axes={"x": {0: "N"}, "y": {0: "N"}},
        )
        exact = model.double()
        wide = x.double()
        total = torch.zeros_like(wide)
        for first in range(0, STEPS, CHUNK):
            t = (torch.arange(first, first + CHUNK).double() + 0.5) / STEPS
            points = t.reshape(-1, *[1] * wide.ndim) * wide
            total += gradient(exact, points.flatten(0, 1)).reshape(points.shape).sum(0)
        told = {
            "shape": list(x.shape),
            "x": x.flatten().tolist(),
            "y": exact(wide).detach().flatten().tolist(),
            "gradient": gradient(exact, wide).flatten().tolist(),
            "integrated": (total / STEPS * wide).flatten().tolist(),
        }
        rounded = {
            key: [float(f"{v:.7g}") for v in value] if key != "shape" else value
            for key, value in told.items()
        }
        (Path(folder) / f"{name}.json").write_text(json.dumps(rounded) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
