"""Trains the network of docs/onnx.md in PyTorch and exports it.

    python iris.py ../../../../data/iris.csv ../../../../data/iris.onnx

Needs torch and onnx. Run from this folder.
"""

import csv
import sys
import warnings

import torch
from torch import nn


class Standardize(nn.Module):
    def __init__(self, x):
        super().__init__()
        self.register_buffer("mean", x.mean(0))
        self.register_buffer("std", x.std(0))

    def forward(self, x):
        return (x - self.mean) / self.std


def main(table, target):
    warnings.filterwarnings("ignore")
    with open(table, newline="") as file:
        rows = list(csv.reader(file))[1:]
    x = torch.tensor([[float(cell) for cell in row[:4]] for row in rows])
    names = sorted({row[4] for row in rows})
    y = torch.tensor([names.index(row[4]) for row in rows])
    torch.manual_seed(0)
    model = nn.Sequential(Standardize(x), nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 3))
    optimizer = torch.optim.Adam(model.parameters(), 0.02)
    for _ in range(300):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
    print(f"accuracy {(model(x).argmax(1) == y).float().mean():.3f}")
    torch.onnx.export(
        model,
        (x[:1],),
        target,
        dynamo=False,
        opset_version=17,
        input_names=["flower"],
        output_names=["logits"],
        dynamic_axes={"flower": {0: "N"}, "logits": {0: "N"}},
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
