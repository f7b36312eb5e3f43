"""State dicts of narrow residual networks and their logits, from PyTorch.

    python resnet_reference.py     writes ../resources/models/resnet*.safetensors and resnet.json

The modules below are those of torchvision.models.resnet by structure and names, with the width as a
parameter; PyTorch is all that is needed. Weights, scales and statistics are drawn, so that no part of
a block is without effect. Logits are computed in float64 from the float32 weights that are written.
The input is sin(i² / 10000) for i = 0, 1, ..., in the order of memory.
"""

import json
import pathlib
import struct

import torch
from torch import nn

OUT = pathlib.Path(__file__).parent.parent / "resources" / "models"


def past(inplanes, planes, stride):
    if inplanes == planes and stride == 1:
        return None
    return nn.Sequential(nn.Conv2d(inplanes, planes, 1, stride, bias=False), nn.BatchNorm2d(planes))


class BasicBlock(nn.Module):
    expansion = 1

    def __init__(self, inplanes, planes, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inplanes, planes, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.conv2 = nn.Conv2d(planes, planes, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(planes)
        self.downsample = past(inplanes, planes, stride)

    def forward(self, x):
        y = self.bn1(self.conv1(x)).relu()
        y = self.bn2(self.conv2(y))
        return (y + (x if self.downsample is None else self.downsample(x))).relu()


class Bottleneck(nn.Module):
    expansion = 4

    def __init__(self, inplanes, planes, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inplanes, planes, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.conv2 = nn.Conv2d(planes, planes, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(planes)
        self.conv3 = nn.Conv2d(planes, planes * 4, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(planes * 4)
        self.downsample = past(inplanes, planes * 4, stride)

    def forward(self, x):
        y = self.bn1(self.conv1(x)).relu()
        y = self.bn2(self.conv2(y)).relu()
        y = self.bn3(self.conv3(y))
        return (y + (x if self.downsample is None else self.downsample(x))).relu()


class ResNet(nn.Module):
    def __init__(self, block, blocks, width, classes):
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU()
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        inplanes = width
        for stage, count in enumerate(blocks):
            layer = []
            for i in range(count):
                planes = width * 2**stage
                layer.append(block(inplanes, planes, 2 if stage > 0 and i == 0 else 1))
                inplanes = planes * block.expansion
            setattr(self, f"layer{stage + 1}", nn.Sequential(*layer))
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(inplanes, classes)

    def forward(self, x):
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(self.avgpool(x).flatten(1))


def drawn(model, seed):
    g = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.weight.uniform_(0.5, 1.5, generator=g)
                module.bias.uniform_(-0.3, 0.5, generator=g)
                module.running_mean.uniform_(-0.3, 0.3, generator=g)
                module.running_var.uniform_(0.5, 1.5, generator=g)
                module.num_batches_tracked += 17
    return model


def safetensors(path, state):
    kinds = {torch.float32: "F32", torch.int64: "I64"}
    header, data = {}, b""
    for name, t in state.items():
        raw = t.contiguous().numpy().tobytes()
        header[name] = {"dtype": kinds[t.dtype], "shape": list(t.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    cases = {}
    kinds = {"R18": (BasicBlock, [2, 2, 2, 2], 4), "R34": (BasicBlock, [3, 4, 6, 3], 2), "R50": (Bottleneck, [3, 4, 6, 3], 2)}
    for name, (block, blocks, width) in kinds.items():
        torch.manual_seed(len(blocks) + width)
        model = drawn(ResNet(block, blocks, width, 5), seed=7).eval()
        safetensors(OUT / f"resnet{name[1:]}.safetensors", model.state_dict())
        x = torch.sin(torch.arange(2 * 3 * 64 * 64, dtype=torch.float64) ** 2 / 10000).reshape(2, 3, 64, 64)
        with torch.no_grad():
            y = model.double()(x.float().double())
        cases[name] = {"width": width, "size": list(x.shape), "logits": y.tolist()}
        print(name, y)
    (OUT / "resnet.json").write_text(json.dumps({"made by": "nn/src/test/reference/resnet_reference.py", "PyTorch": torch.__version__, "cases": cases}, indent=1) + "\n")


if __name__ == "__main__":
    main()
